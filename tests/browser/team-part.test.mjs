// The part of the plugin that only supervisors load: who asks for it, and what they have without it.

import { teamPart } from '../../scripts/setup/plugin-parts.mjs';
import { known } from '../support/known.mjs';
import { List, listOn } from './support/list.mjs';
import { parked, putInto, TeamList } from './support/team.mjs';
import { expect, test } from './support/test.mjs';
import { putWaiting, requestedChecks } from './support/watch.mjs';

const CHARLIE = 'Charlie Customer';

/** The addresses of the part, and of texts in other languages. */
const PARTS = '**/flex/parts?*';

test.beforeEach(({ sim }) => sim.configure(listOn));

/**
 * Notes the plugin's warnings in the console.
 *
 * @param {import('@playwright/test').Page} page
 * @param {string[]} warnings
 */
function noteWarnings(page, warnings) {
  page.on('console', (message) => {
    if (message.type() === 'warning' && message.text().includes('park-interaction')) warnings.push(message.text());
  });
}

/**
 * Returns the notification about the missing part.
 *
 * @param {import('./support/desktop.mjs').Desktop} desktop
 */
const notLoaded = ({ notifications }) => notifications.filter({ hasText: 'parked interactions could not be loaded' });

/**
 * Resumes Charlie's conversation, which Ada has parked, for a supervisor, and parks it in their name.
 *
 * @param {import('./support/desktop.mjs').Desktop} sue
 * @param {import('./support/test.mjs').Sim} sim
 */
async function parkCharlie(sue, sim) {
  const { conversationSid } = known((await sim.facts()).customers.find(({ id }) => id === 'charlie'));
  await sue.page.evaluate(
    (sid) =>
      /** @type {any} Flex is there */ (globalThis).Twilio.Flex.Actions.invokeAction('UnparkInteraction', {
        ConversationSid: sid,
      }),
    conversationSid,
  );
  await sue.open(CHARLIE);
  await sue.park();
  await expect(sue.task(CHARLIE)).toHaveCount(0);
}

test('a supervisor asks once for the part, an agent never', async ({ desktop, sim }) => {
  await putInto(sim, 'ada', [parked(1), parked(2), parked(3)]);
  /** @type {Record<string, import('@playwright/test').Response[]>} */
  const answers = { ada: [], sue: [] };
  const open = (identity) =>
    desktop(identity, {
      prepare: (page) =>
        page.on('response', (response) => {
          if (response.url().includes('/flex/parts')) answers[identity].push(response);
        }),
    });
  const ada = await new List(await open('ada')).open();
  await expect(ada.rows).toHaveCount(3);
  const sue = await new TeamList(await open('sue')).open();
  await expect(sue.scopes).toBeVisible();
  expect(answers.ada).toEqual([]);
  const [answer, ...more] = answers.sue;
  expect(more).toEqual([]);
  const [sha256, { content }] = teamPart();
  expect(new URL(answer.url()).searchParams.get('sha256')).toBe(sha256);
  expect(await answer.headerValue('content-type')).toMatch(/^text\/javascript/);
  expect(await answer.text()).toBe(content);
});

/**
 * How the part may fail to come, and what the browser says.
 *
 * @type {Record<string, { handle: (route: import('@playwright/test').Route, late: Promise<void>) => unknown, errors: RegExp[] }>}
 */
const FAILURES = {
  missing: {
    handle: (route) =>
      route.continue({
        url: route
          .request()
          .url()
          .replace(/sha256=.*/, 'sha256=older'),
      }),
    errors: [/404/, /integrity/],
  },
  forged: {
    handle: async (route) => {
      const response = await route.fetch();
      // The browser would keep the real response, and so this one, for the next time.
      const headers = { ...response.headers(), 'cache-control': 'no-store' };
      await route.fulfill({ response, headers, body: `${await response.text()}\nglobalThis.forged = true;` });
    },
    errors: [/integrity/],
  },
  late: {
    handle: async (route, late) => {
      await late;
      await route.continue();
    },
    errors: [],
  },
};

for (const [failure, { handle, errors }] of Object.entries(FAILURES)) {
  test(`with a part that is ${failure} a supervisor has what agents have, until the page is loaded again`, async ({
    desktop,
    sim,
    troubles,
  }) => {
    // Three desktops load.
    test.slow();
    for (const error of errors) troubles.expect(error);
    await sim.agent('sue', { activity: 'Available' });
    const ada = await desktop('ada');
    await ada.open(CHARLIE);
    await ada.park();
    await expect(ada.task(CHARLIE)).toHaveCount(0);

    /** @type {() => void} */
    let come = () => undefined;
    const late = new Promise((resolve) => (come = () => resolve(undefined)));
    const warnings = [];
    const sue = await desktop('sue', {
      prepare: async (page) => {
        noteWarnings(page, warnings);
        await page.route(PARTS, (route) => handle(route, late));
      },
    });
    await expect(notLoaded(sue)).toHaveCount(1);
    await parkCharlie(sue, sim);
    const list = await new TeamList(sue).open();
    await expect(list.rows).toHaveCount(1);
    await expect(list.row(CHARLIE)).toBeVisible();
    await expect(list.scopes).toHaveCount(0);
    if (failure === 'late') {
      const arrived = sue.page.waitForResponse(PARTS);
      come();
      await (await arrived).finished();
      await expect(list.rows).toHaveCount(1);
    }
    await expect(list.scopes, 'a later part changes nothing').toHaveCount(0);
    expect(await sue.page.evaluate(() => 'forged' in globalThis)).toBe(false);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("the supervisors' part did not load");

    await sue.page.unroute(PARTS);
    await sue.page.reload();
    await sue.isUp();
    await expect(list.scopes).toBeVisible();
    await expect(notLoaded(sue)).toHaveCount(0);
    expect(warnings).toHaveLength(1);
  });
}

test('a part that fails as it starts leaves the watch and the list', async ({ desktop, sim, troubles }) => {
  // The Function does not know the conversation, so the check fails.
  troubles.expect(/Failed to load resource/);
  await putInto(sim, 'sue', [parked(7)]);
  const warnings = [];
  const sue = await desktop('sue', {
    prepare: async (page) => {
      noteWarnings(page, warnings);
      await page.route('**/plugins/park-interaction.js', async (route) => {
        const response = await route.fetch();
        const broken = "Twilio.Flex.WorkersDataTable.Content.add = () => { throw new Error('no such table'); };";
        await route.fulfill({ response, body: `${broken}\n${await response.text()}` });
      });
    },
  });
  await expect(notLoaded(sue)).toHaveCount(1);
  await putWaiting(sim, 1, -60_000);
  await expect.poll(() => requestedChecks(sim, 1), { timeout: 20_000 }).toHaveLength(1);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain("the supervisors' part did not start");
  expect(warnings[0]).toContain('no such table');
  const list = await new List(sue).open();
  await expect(list.row('Customer 7')).toBeVisible();
});
