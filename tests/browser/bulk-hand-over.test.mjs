// A supervisor hands conversations of one agent over to another, or to the queue.

import { AxeBuilder } from '@axe-core/playwright';

import { known } from '../support/known.mjs';
import { listOf, parkAll, TeamList } from './support/bulk.mjs';
import { notedNotifications, noteNotifications } from './support/desk.mjs';
import { List, listOn, putRows } from './support/list.mjs';
import { Places } from './support/places.mjs';
import { expect, test } from './support/test.mjs';

const ALL = ['Charlie Customer', 'Wanda Walker', 'Sam Sender'];

test.beforeEach(async ({ sim, stack }) => {
  await sim.configure(listOn);
  await parkAll(sim, stack);
  // Who has several agents chooses one of them.
  await putRows(sim, [{}]);
});

/**
 * Returns the rows in Ben's list that Ada had.
 *
 * @param {import('./support/test.mjs').Sim} sim
 */
async function gifts(sim) {
  const { 'Customer 0': own, ...given } = await listOf(sim, 'ben');
  return known(own) && given;
}

/** Opens Sue's view of Ada's conversations. */
async function adasRows(desktop) {
  const team = await new TeamList(await desktop('sue')).open();
  await team.filter('Ada Agent');
  await expect(team.rows).toHaveCount(3);
  return team;
}

test('all of an agent go to another one in two clicks, and come as they have room', async ({ desktop, sim }) => {
  await sim.agent('ben', { chatCapacity: 1 });
  const ben = await desktop('ben');
  const team = await adasRows(desktop);
  await noteNotifications(team.desktop);

  await team.handOver('Ada Agent').click();
  await expect(team.agent('Ben Agent')).toContainText('1 of 1 free');
  const { violations } = await new AxeBuilder({ page: team.page }).include('dialog').analyze();
  expect(violations).toEqual([]);
  await expect(team.agent('Ada Agent'), 'not to the same agent').toHaveCount(0);
  await team.agent('Ben Agent').click();

  await expect(team.progress).toContainText('3 given');
  expect(Object.keys(await listOf(sim, 'ada'))).toEqual([]);
  await expect(ben.notifications.filter({ hasText: 'Sue Supervisor gave you 3 conversations.' })).toBeVisible();
  await expect(ben.tasks, 'one comes').toHaveCount(1);
  // The row of the one that came goes once he has it.
  await expect.poll(async () => Object.keys(await gifts(sim)).length).toBe(2);
  const given = await gifts(sim);
  expect(Object.values(given).map(({ givenBy }) => givenBy)).toEqual(['Sue Supervisor', 'Sue Supervisor']);
  const list = await new List(ben).open();
  const [waiting] = Object.keys(given);
  await expect(list.row(waiting)).toContainText('Given by Sue Supervisor');
  await expect(list.row(waiting)).toContainText('Waiting for room');
  expect(await notedNotifications(team.desktop), 'one summary').toEqual(['ParkInteractionBulkSummary']);

  await sim.agent('ben', { chatCapacity: 3 });
  await expect(ben.tasks).toHaveCount(3);
  for (const customer of ALL) await expect(ben.task(customer)).toBeVisible();
  await expect.poll(async () => Object.keys(await gifts(sim))).toEqual([]);
});

test('all of an agent go to the queue in two clicks', async ({ desktop, sim }) => {
  const team = await adasRows(desktop);
  await team.handOver('Ada Agent').click();
  await team.dialog.getByRole('button', { name: 'To the queue' }).click();
  await expect(team.progress).toContainText('3 given');
  await expect(team.rows).toHaveCount(0);
  for (const id of ['charlie', 'wanda', 'sam']) {
    const open = (await sim.tasksOf(id)).filter(({ attributes }) => attributes.parked);
    expect(open.map(({ attributes }) => attributes.parked.cause)).toEqual(['given']);
  }
  await team.progress.getByRole('button', { name: 'Close' }).click();
  await expect(team.progress).toHaveCount(0);
});

test('in the panel of an agent the keyboard is not lost', async ({ desktop, sim }) => {
  await sim.agent('ben', { chatCapacity: 0 });
  const sue = await desktop('sue');
  await sue.showTeams();
  const places = new Places(sue);
  const team = new TeamList(sue);
  const heading = places.panel.getByRole('heading');
  const { keyboard } = sue.page;
  const end = team.progress.getByRole('button', { name: 'Close' });
  await places.openPanel('Ada Agent');
  await expect(places.rows).toHaveCount(3);
  await places.panel.getByTestId('park-interaction-hand-over').press('Enter');
  await keyboard.type('ben');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(team.progress).toContainText('3 given');
  await expect(end).toBeFocused();

  await places.closePanel();
  await expect(places.panel).toHaveCount(0);
  await sue.page.evaluate(() => {
    /** @type {any} the page */
    const window = globalThis;
    window.focused = [];
    window.document.addEventListener('focusin', ({ target }) => window.focused.push(target.textContent));
  });
  await places.openPanel('Ada Agent');
  await expect(end).toBeVisible();
  const focused = await sue.page.evaluate(() => /** @type {any} see above */ (globalThis).focused);
  expect(focused, 'a result takes no focus').not.toContain('Close');
  await end.press('Enter');
  await expect(team.progress).toHaveCount(0);
  await expect(heading).toBeFocused();
});

test('who is away or full can be chosen, and that is said', async ({ desktop, sim }) => {
  await sim.agent('ben', { chatCapacity: 0 });
  const team = await adasRows(desktop);
  await team.handOver('Ada Agent').click();
  await expect(team.agent('Ben Agent')).toContainText('0 of 0 free');
  await expect(team.agent('Ben Agent')).toContainText('The conversation waits for them');
  const { keyboard } = team.page;
  await keyboard.type('nobody');
  await expect(team.dialog).toContainText('No agent matches');
  await keyboard.press('Control+A');
  await keyboard.type('BÉN');
  await expect(team.agent('Ben Agent')).toBeVisible();
  await keyboard.press('ArrowDown');
  await expect(team.agent('Ben Agent')).toBeFocused();
  await keyboard.press('Enter');
  await expect(team.progress).toContainText('3 given');
  await expect.poll(async () => Object.keys(await gifts(sim)).length).toBe(3);
});

test('an agent takes back that a given conversation comes', async ({ desktop, sim }) => {
  await sim.agent('ben', { activity: 'Offline' });
  const ben = await desktop('ben');
  const team = await adasRows(desktop);
  await team.row('Charlie Customer').getByRole('button', { name: /^More/ }).click();
  await team.page.getByRole('menuitem', { name: 'Give to agent…' }).click();
  await team.agent('Ben Agent').click();
  const said = 'Sue Supervisor gave you Charlie Customer. It comes when you have room.';
  await expect(ben.notifications.filter({ hasText: said })).toBeVisible();
  await expect(team.desktop.notifications.filter({ hasText: 'other agent’s list' })).toBeVisible();
  const list = await new List(ben).open();
  await list
    .row('Charlie Customer')
    .getByRole('button', { name: /^Cancel/ })
    .click();
  await expect(list.row('Charlie Customer')).not.toContainText('Waiting for room');

  await ben.page.reload();
  await ben.isUp();
  await list.open();
  await expect(list.row('Charlie Customer')).toContainText('Given by Sue Supervisor');
  await expect(list.row('Charlie Customer'), 'once').not.toContainText('Waiting for room');
  await expect(ben.notifications).toHaveCount(0);
});
