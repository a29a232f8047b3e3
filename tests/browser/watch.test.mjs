// The watch of open desktops over conversations that wait for an agent: one desktop requests a check from the Function.

import { known } from '../support/known.mjs';
import { cuttable } from './support/connection.mjs';
import { List, listOn } from './support/list.mjs';
import { rest } from './support/rest.mjs';
import { breakSync } from './support/sync.mjs';
import { expect, test } from './support/test.mjs';
import { everyDesktopHadItsTurn, putWaiting, requestedChecks, waiting } from './support/watch.mjs';

const listOff = {
  uiAttributes: { custom_data: { features: { park_interaction: { enabled: true, show_list: false } } } },
};

// The Function does not know these conversations, so each check fails.
test.beforeEach(({ troubles }) => troubles.expect(/Failed to load resource/));

for (const [list, flags] of Object.entries({ on: listOn, off: listOff })) {
  test(`with the list ${list} one of two desktops requests the check`, async ({ desktop, sim }) => {
    await sim.configure(flags);
    const desktops = [await desktop('ada'), await desktop('ben')];
    const askAt = await putWaiting(sim, 1, 2_000);
    await everyDesktopHadItsTurn(askAt);
    const [asked, ...more] = await requestedChecks(sim, 1);
    expect(more).toEqual([]);
    expect(asked.at).toBeGreaterThanOrEqual(askAt);
    expect(asked.at).toBeLessThan(askAt + 9_000);
    expect(asked.Token).toBeTruthy();
    for (const { notifications, page } of desktops) {
      await expect(notifications, 'agents hear nothing of it').toHaveCount(0);
      await expect(new List({ page }).link).toHaveCount(list === 'on' ? 1 : 0);
    }
  });
}

test('two tabs of one agent request one check', async ({ desktop, sim }) => {
  await desktop('ada');
  await desktop('ada');
  const askAt = await putWaiting(sim, 2, 1_000);
  await everyDesktopHadItsTurn(askAt);
  expect(await requestedChecks(sim, 2)).toHaveLength(1);
});

test('an earlier item is checked, a removed one is not', async ({ desktop, sim, stack }) => {
  const askAt = await putWaiting(sim, 1, -60_000);
  const later = await putWaiting(sim, 2, 20_000);
  await desktop('ben');
  await expect.poll(() => requestedChecks(sim, 1), { timeout: 20_000 }).toHaveLength(1);
  expect((await requestedChecks(sim, 1))[0].at).toBeGreaterThan(askAt);

  const { sid, map } = waiting(2);
  const items = `https://sync.twilio.com/v1/Services/${stack.facts.syncServiceSid}/Maps/${map}/Items`;
  await rest(stack, 'DELETE', `${items}/${sid}`);
  await everyDesktopHadItsTurn(later);
  expect(await requestedChecks(sim, 2)).toEqual([]);
});

test('an item from the time of a lost connection is checked', async ({ desktop, sim, troubles }) => {
  /** @type {import('./support/connection.mjs').Line | undefined} */
  let line;
  const ben = await desktop('ben', { prepare: async (page) => (line = await cuttable(page, troubles)) });
  const list = await new List(ben).open();
  known(line).cut();
  await expect(list.view).toContainText('You are offline');
  const askAt = await putWaiting(sim, 3, 0);
  await everyDesktopHadItsTurn(askAt);
  expect(await requestedChecks(sim, 3)).toEqual([]);
  known(line).mend();
  await expect.poll(() => requestedChecks(sim, 3), { timeout: 60_000 }).toHaveLength(1);
});

test('a deleted map is watched again', async ({ desktop, sim, stack, troubles }) => {
  troubles.expect(/Failed to subscribe on/);
  await desktop('ben');
  const { map } = waiting(1);
  const maps = async () => (await sim.world()).maps.filter(({ unique_name: name }) => name === map);
  await expect.poll(async () => (await maps()).length).toBe(1);
  const [{ sid }] = await maps();
  await rest(stack, 'DELETE', `https://sync.twilio.com/v1/Services/${stack.facts.syncServiceSid}/Maps/${sid}`);
  await expect.poll(async () => (await maps()).map((made) => made.sid !== sid)).toEqual([true]);
  await putWaiting(sim, 1, 0);
  await expect.poll(() => requestedChecks(sim, 1), { timeout: 20_000 }).toHaveLength(1);
});

test('without access to Sync there is one warning', async ({ desktop, sim, troubles }) => {
  troubles.expect(/Sync/);
  const warnings = [];
  const ada = await desktop('ada', {
    async prepare(page) {
      page.on('console', (message) => {
        if (message.type() === 'warning' && message.text().startsWith('park-interaction:'))
          warnings.push(message.text());
      });
      await breakSync(page, 403, 'ParkInteractionWaiting');
    },
  });
  await expect
    .poll(() => warnings)
    .toEqual(['park-interaction: Sync forbids this agent to watch the conversations that wait.']);
  const askAt = await putWaiting(sim, 1, 0);
  await ada.open('Charlie Customer');
  await ada.park();
  await expect(ada.task('Charlie Customer')).toHaveCount(0);
  await everyDesktopHadItsTurn(askAt);
  expect(await requestedChecks(sim, 1)).toEqual([]);
  expect(warnings).toHaveLength(1);
});

test('a logout ends the watch', async ({ desktop, sim, troubles }) => {
  troubles.expect(/./);
  const ben = await desktop('ben');
  const askAt = await putWaiting(sim, 1, 3_000);
  await ben.page.evaluate(() => globalThis.Twilio.Flex.Actions.invokeAction('Logout').catch(() => undefined));
  await everyDesktopHadItsTurn(askAt);
  expect(await requestedChecks(sim, 1)).toEqual([]);
});
