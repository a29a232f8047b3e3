// A supervisor selects rows of the team, and does the same with all of them.

import { AxeBuilder } from '@axe-core/playwright';

import { known } from '../support/known.mjs';
import { listOf, parkAll, TeamList } from './support/bulk.mjs';
import { notedNotifications, noteNotifications } from './support/desk.mjs';
import { listOn, mapOf, parkedItems } from './support/list.mjs';
import { withFlags } from './support/park.mjs';
import { expect, test } from './support/test.mjs';

/** @typedef {import('./support/test.mjs').Sim} Sim */

const ALL = ['Charlie Customer', 'Wanda Walker', 'Sam Sender'];

test.beforeEach(({ sim }) => sim.configure(listOn));

/**
 * Puts rows into Ada's list whose conversations the Functions do not know.
 *
 * @param {Sim} sim
 * @param {number} count
 */
async function putUnknown(sim, count) {
  const { agents } = await sim.facts();
  await sim.putItems(mapOf(known(agents.find(({ identity }) => identity === 'ada'))), parkedItems(count));
}

/** Opens Sue's view of the team. */
async function teamOf(desktop) {
  const sue = await desktop('sue');
  return new TeamList(sue).open();
}

/**
 * Returns the number of requests to a Function.
 *
 * @param {Sim} sim
 * @param {string} path
 */
async function requests(sim, path) {
  const { requests: all } = await sim.journal();
  return all.filter((/** @type {any} as in the journal */ one) => one.path.endsWith(path) && one.method === 'POST')
    .length;
}

test('rows are selected by mouse', async ({ desktop, sim }) => {
  await putUnknown(sim, 6);
  const team = await teamOf(desktop);
  const click = (number, modifiers = []) => team.name(`Customer ${number}`).click({ modifiers });
  await expect(team.rows).toHaveCount(6);
  await expect(team.bar).toHaveCount(0);
  await click(1);
  await expect(team.bar).toContainText('1 selected');
  await click(3, ['Shift']);
  await expect(team.bar).toContainText('3 selected');
  await click(5, ['ControlOrMeta']);
  await expect(team.bar).toContainText('4 selected');
  await click(2, ['ControlOrMeta']);
  await expect(team.bar).toContainText('3 selected');
  await expect(team.box('Customer 3')).toBeChecked();
  await expect(team.box('Customer 2')).not.toBeChecked();
  await team.box('Customer 2').click();
  await expect(team.bar).toContainText('4 selected');
  await expect(team.announcement).toHaveText('4 selected');
  await click(4);
  await expect(team.bar).toContainText('1 selected');
  await team.button('Clear selection').click();
  await expect(team.bar).toHaveCount(0);
});

test('rows are selected by keyboard, and live changes keep them', async ({ desktop, sim }) => {
  await putUnknown(sim, 6);
  const team = await teamOf(desktop);
  const { keyboard } = team.page;
  await team.box('Customer 1').focus();
  await keyboard.press('Space');
  await expect(team.bar).toContainText('1 selected');
  await keyboard.press('Shift+ArrowDown');
  await expect(team.bar).toContainText('2 selected');
  await keyboard.press('Control+A');
  await expect(team.bar).toContainText('6 selected');

  const { agents } = await sim.facts();
  const map = mapOf(known(agents.find(({ identity }) => identity === 'ada')));
  await sim.putItems(map, parkedItems(1, { first: 9 }));
  await expect(team.rows).toHaveCount(7);
  await expect(team.bar, 'a new row is not selected').toContainText('6 selected');
  await keyboard.press('Escape');
  await expect(team.bar).toHaveCount(0);
});

test('arrow keys stay in the same control', async ({ desktop, sim }) => {
  await putUnknown(sim, 6);
  const team = await teamOf(desktop);
  await expect(team.rows).toHaveCount(6);
  const { keyboard } = team.page;
  const box = (at) => team.rows.nth(at).getByRole('checkbox');
  const resume = (at) => team.rows.nth(at).locator('.action').getByRole('button').first();
  const menu = (at) => team.rows.nth(at).getByRole('button', { name: /^More/ });

  await box(0).focus();
  await keyboard.press('Space');
  await keyboard.press('ArrowDown');
  await expect(box(1)).toBeFocused();
  await keyboard.press('Space');
  await expect(team.bar).toContainText('2 selected');
  await keyboard.press('Shift+ArrowDown');
  await keyboard.press('Shift+ArrowDown');
  await expect(box(3)).toBeFocused();
  await expect(team.bar, 'from the last that was selected alone').toContainText('3 selected');
  await keyboard.press('End');
  await expect(box(5)).toBeFocused();
  expect(await requests(sim, '/flex/unpark-interaction')).toBe(0);

  await resume(0).focus();
  await keyboard.press('ArrowDown');
  await expect(resume(1)).toBeFocused();
  await menu(1).focus();
  await keyboard.press('ArrowUp');
  await expect(menu(0)).toBeFocused();

  await resume(0).press('Enter');
  await expect(team.rows.nth(0), 'Sue is offline').toContainText('You are not available.');
  const cancel = team.rows.nth(0).getByRole('button', { name: /^Cancel/ });
  await cancel.focus();
  await keyboard.press('ArrowDown');
  await expect(menu(1), 'the other row has no Cancel').toBeFocused();
});

test('the time of three changes, and one summary says so', async ({ desktop, sim, stack }) => {
  await parkAll(sim, stack);
  const team = await teamOf(desktop);
  await expect(team.rows).toHaveCount(3);
  await noteNotifications(team.desktop);
  await team.name(ALL[0]).click();
  await team.page.keyboard.press('Control+A');
  const { violations } = await new AxeBuilder({ page: team.page })
    .include('[data-testid="park-interaction-bulk"]')
    .analyze();
  expect(violations).toEqual([]);

  await team.button('Change time…').click();
  await expect(team.dialog.getByRole('heading')).toHaveText('Change time');
  const inDialog = await new AxeBuilder({ page: team.page }).include('dialog').analyze();
  expect(inDialog.violations).toEqual([]);
  const radio = await team.dialog.getByRole('radio').first().boundingBox();
  expect(known(radio).width, "the list's own inputs look otherwise").toBeLessThan(24);
  await team.dialog.getByRole('radio', { name: /^in 4 hours/i }).check();
  await team.dialog.getByRole('checkbox').check();
  const before = Date.now();
  await team.dialog.getByRole('button', { name: 'Save' }).click();
  await expect(team.progress).toContainText('3 changed');
  await expect(team.desktop.notifications).toHaveText('3 changed');
  const rows = Object.values(await listOf(sim, 'ada'));
  expect(rows).toHaveLength(3);
  for (const { keptUntil } of rows) {
    expect(keptUntil).toBeGreaterThan(before + 3.9 * 3_600_000);
    expect(keptUntil).toBeLessThan(before + 4.1 * 3_600_000);
  }
  expect(await notedNotifications(team.desktop)).toEqual(['ParkInteractionBulkSummary']);
  await expect(team.bar, 'the rows stay selected').toContainText('3 selected');

  await team.button('Change time…').click();
  await team.dialog.getByRole('button', { name: 'No time' }).click();
  const times = async () => Object.values(await listOf(sim, 'ada')).map(({ keptUntil, dueAt }) => keptUntil ?? dueAt);
  await expect.poll(times).toEqual([undefined, undefined, undefined]);
});

test('the reason of all changes to one that the owner has', async ({ desktop, sim, stack }) => {
  await sim.configure(withFlags({ enabled: true, show_list: true, reasons: ['Order number', 'Parts'] }));
  await parkAll(sim, stack);
  const team = await teamOf(desktop);
  await expect(team.rows).toHaveCount(3);
  await team.name(ALL[0]).click();
  await team.page.keyboard.press('Control+A');
  await team.button('Change reason…').click();
  await team.dialog.getByRole('combobox').selectOption('Parts');
  await team.dialog.getByRole('button', { name: 'Save' }).click();
  await expect(team.progress).toContainText('3 changed');
  expect(Object.values(await listOf(sim, 'ada')).map(({ reason }) => reason)).toEqual(['Parts', 'Parts', 'Parts']);
});

test('a row that is refused says why, and the others are done', async ({ desktop, sim, stack, troubles }) => {
  troubles.expect(/Failed to load resource/);
  troubles.expect(/GiveParkedInteraction/);
  await parkAll(sim, stack);
  await putUnknown(sim, 1);
  const team = await teamOf(desktop);
  await expect(team.rows).toHaveCount(4);
  await team.name('Customer 0').click();
  await team.page.keyboard.press('Control+A');
  await noteNotifications(team.desktop);
  await team.button('Give to agent…').click();
  await team.agent('Ben Agent').click();
  await expect(team.progress).toContainText('3 given, 1 not');
  expect(await notedNotifications(team.desktop)).toEqual(['ParkInteractionBulkFailures']);
  await expect(team.desktop.notifications).toHaveText('3 given, 1 not');
  await expect(team.row('Customer 0')).toContainText('The conversation is not parked.');
  await team.button('Show').click();
  await expect(team.bar.getByRole('listitem')).toHaveText(['Customer 0: The conversation is not parked.']);
  await expect(team.bar, 'it is selected for another try').toContainText('1 selected');
  for (const [width, height] of [
    [640, 360],
    [420, 700],
  ]) {
    await team.page.setViewportSize({ width, height });
    for (const name of ['Resume for me', 'End…', 'Show', 'Close']) {
      await team.button(name).scrollIntoViewIfNeeded();
      await expect(team.button(name)).toBeInViewport({ ratio: 1 });
    }
  }
  await team.button('Close').click();
  await expect(team.row('Customer 0')).not.toContainText('The conversation is not parked.');
});

test('what was routed instead of given is not counted as given', async ({ desktop, sim }) => {
  await putUnknown(sim, 2);
  const team = await teamOf(desktop);
  await expect(team.rows).toHaveCount(2);
  // As after a message of the customer.
  await team.page.route('**/flex/give-interaction', (route) => route.fulfill({ json: { outcome: 'routed' } }));
  await team.name('Customer 0').click();
  await team.page.keyboard.press('Control+A');
  await team.button('Give to agent…').click();
  await team.agent('Ben Agent').click();
  await expect(team.progress).toContainText('0 given, 2 not');
  await expect(team.row('Customer 0')).toContainText('The conversation with Customer 0 is being routed.');
  await team.button('Close').click();
  await team.giveToQueue(2);
  await team.confirmQueue.click();
  await expect(team.progress).toContainText('2 given');
  await expect(team.progress).not.toContainText('not');
});

test('a batch that another plugin holds up ends, also beside the own list', async ({ desktop, sim, troubles }) => {
  troubles.expect(/GiveParkedInteraction/);
  await putUnknown(sim, 1);
  const sue = await desktop('sue', { prepare: (page) => page.clock.install() });
  const team = await new TeamList(sue).open();
  await team.name('Customer 0').click();
  await team.page.evaluate(() => {
    /** @type {any} Flex is there */
    const window = globalThis;
    window.Twilio.Flex.Actions.addListener('beforeGiveParkedInteraction', () => new Promise(() => undefined));
  });
  await team.button('Give to the queue').click();
  await expect(team.progress).toContainText('Giving 0 of 1');
  const scope = (name) => team.page.getByRole('radio', { name, exact: true });
  for (const name of ['Mine', 'All', 'Mine']) {
    await scope(name).check({ force: true });
    await expect(team.progress.getByRole('button', { name: 'Cancel' })).toBeVisible();
    await expect(scope(name), 'the keyboard stays').toBeFocused();
  }
  await sue.page.clock.fastForward('01:00');
  await expect(team.progress).toContainText(/^0 given, 1 /);
  await team.button('Show').click();
  await expect(team.bar.getByRole('listitem')).toHaveText(/^Customer 0: No answer came/);
  await team.button('Close').click();
  await expect(team.bar).toHaveCount(0);
});

test('Cancel leaves the rest, and starts are paced', async ({ desktop, sim, troubles }) => {
  troubles.expect(/Failed to load resource/);
  troubles.expect(/GiveParkedInteraction/);
  await putUnknown(sim, 30);
  const team = await teamOf(desktop);
  await expect(team.page.getByText('30 interactions')).toBeVisible();
  await team.rows.first().click({ position: { x: 4, y: 4 } });
  await team.page.keyboard.press('Control+A');
  await team.giveToQueue(30);
  const began = Date.now();
  await team.confirmQueue.click();
  await expect(team.announcement).toHaveText('Giving 0 of 30');
  await expect(team.progress.getByRole('button', { name: 'Cancel' }), 'the keyboard is there').toBeFocused();
  await expect(team.progress).toContainText(/Giving [4-9] of 30/);
  await team.page.keyboard.press('Enter');
  await expect(team.progress).toContainText('0 given, 30 not');
  const sent = await requests(sim, '/flex/give-interaction');
  const seconds = (Date.now() - began) / 1_000;
  expect(sent).toBeGreaterThanOrEqual(4);
  expect(sent).toBeLessThanOrEqual(4 + 4 * seconds);
  expect(sent).toBeLessThan(30);
  await team.button('Show').click();
  const left = team.bar.getByRole('listitem').filter({ hasText: 'Not started: the rest was cancelled.' });
  await expect(left).toHaveCount(30 - sent);
});

test('the queue asks, from two conversations on', async ({ desktop, sim, stack }) => {
  await parkAll(sim, stack);
  const team = await teamOf(desktop);
  await expect(team.rows).toHaveCount(3);
  await team.name(ALL[0]).click();
  await team.page.keyboard.press('Control+A');
  await team.giveToQueue(3);
  await expect(team.dialog).toContainText('Each is routed now, as if the customer had just written.');
  await expect(team.dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  const { violations } = await new AxeBuilder({ page: team.page }).include('dialog').analyze();
  expect(violations).toEqual([]);
  await team.page.keyboard.press('Enter');
  await expect(team.dialog).toHaveCount(0);
  await expect(team.button('Give to the queue'), 'the keyboard is back').toBeFocused();
  expect(await requests(sim, '/flex/give-interaction')).toBe(0);

  await team.name(ALL[1]).click();
  await team.button('Give to the queue').click();
  await expect(team.progress).toContainText('1 given');
  await expect(team.rows).toHaveCount(2);

  await team.name(ALL[0]).click();
  await team.page.keyboard.press('Control+A');
  await team.giveToQueue(2);
  await team.confirmQueue.click();
  await expect(team.progress).toContainText('2 given');
  await expect(team.rows).toHaveCount(0);
});

test('an end asks, with the number of messages that nobody has read', async ({ desktop, sim, stack }) => {
  await parkAll(sim, stack);
  const team = await teamOf(desktop);
  await expect(team.rows).toHaveCount(3);
  await team.name(ALL[0]).click();
  await team.page.keyboard.press('Control+A');
  await team.button('End…').click();
  await expect(team.dialog.getByRole('heading')).toHaveText('End the selected conversations (3)?');
  await expect(team.dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await team.page.keyboard.press('Enter');
  expect((await sim.conversationOf('charlie')).state).toBe('active');
  await team.button('End…').click();
  await team.page.evaluate(() => {
    /** @type {any} the page */
    const window = globalThis;
    const place = window.document.querySelector('[data-testid="park-interaction-announcement"]');
    window.said = [];
    new window.MutationObserver(() => window.said.push(place.textContent)).observe(place, { childList: true });
  });
  await team.dialog.getByRole('button', { name: 'End 3' }).click();
  await expect(team.progress).toContainText('3 ended');
  await expect(team.rows).toHaveCount(0);
  for (const id of ['charlie', 'wanda', 'sam']) expect((await sim.conversationOf(id)).state).toBe('closed');
  // The list itself says once that rows have gone. The end is a notification.
  const said = await team.page.evaluate(() => /** @type {any} see above */ (globalThis).said);
  expect(said.filter((/** @type {string} */ words) => !/Gone from the list/.test(words))).toEqual(['Ending 0 of 3']);
  await expect(team.desktop.notifications).toHaveText('3 ended');
});

test('a resume for the supervisor stops where they have no room', async ({ desktop, sim, stack }) => {
  await parkAll(sim, stack);
  await sim.agent('sue', { activity: 'Available', chatCapacity: 2 });
  const team = await teamOf(desktop);
  await expect(team.rows).toHaveCount(3);
  await team.name(ALL[0]).click();
  await team.page.keyboard.press('Control+A');
  await team.button('Resume for me').click();
  await expect(team.desktop.tasks).toHaveCount(2);
  await team.open();
  await expect(team.progress).toContainText('2 resumed, 1 not');
  await expect(team.rows).toHaveCount(1);
  await expect(team.rows).toContainText('You have no room for another conversation.');
});

test('other plugins can hook each action of a batch', async ({ desktop, sim, troubles }) => {
  troubles.expect(/GiveParkedInteraction/);
  await putUnknown(sim, 3);
  const team = await teamOf(desktop);
  await expect(team.rows).toHaveCount(3);
  await team.page.evaluate(() => {
    /** @type {any} Flex is there */
    const window = globalThis;
    window.seen = [];
    window.Twilio.Flex.Actions.addListener(
      'beforeGiveParkedInteraction',
      (/** @type {any} the payload */ payload, /** @type {() => void} */ abort) => {
        window.seen.push([payload.ConversationSid, payload.ownerSid]);
        abort();
      },
    );
  });
  await team.name('Customer 0').click();
  await team.page.keyboard.press('Control+A');
  await team.giveToQueue(3);
  await team.confirmQueue.click();
  await expect(team.progress).toContainText('0 given, 3 not');
  const seen = () => team.page.evaluate(() => /** @type {any} see above */ (globalThis).seen);
  const ada = known((await sim.facts()).agents.find(({ identity }) => identity === 'ada')).workerSid;
  const expected = Object.keys(parkedItems(3)).map((conversationSid) => [conversationSid, ada]);
  expect((await seen()).toSorted()).toEqual(expected.toSorted());
  await team
    .row('Customer 0')
    .getByRole('button', { name: /^More for/ })
    .click();
  await team.page.getByRole('menuitem', { name: 'Give to the queue' }).click();
  await expect.poll(async () => (await seen()).slice(3)).toEqual(expected.slice(0, 1));
  await expect(team.row('Customer 1')).toContainText('Something else on this page has stopped it.');
  expect(await requests(sim, '/flex/give-interaction')).toBe(0);
});
