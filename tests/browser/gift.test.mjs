// Rows that say that somebody has given the conversation to the agent: any agent's browser can write them.

import { known } from '../support/known.mjs';
import { parkAll, TeamList } from './support/bulk.mjs';
import { List, listOn, mapOf, putRows } from './support/list.mjs';
import { rest } from './support/rest.mjs';
import { expect, test } from './support/test.mjs';

const HOUR = 60 * 60_000;

test.beforeEach(async ({ sim }) => {
  await sim.configure(listOn);
});

/** Writes a row into Sue's list that says that Charlie's conversation, which is Ada's, was given to her. Returns its address. */
async function forge(sim) {
  const { agents, customers, syncServiceSid } = await sim.facts();
  const map = mapOf(known(agents.find(({ identity }) => identity === 'sue')));
  const { conversationSid } = known(customers.find(({ id }) => id === 'charlie'));
  const row = {
    customerName: 'Charlie Customer',
    parkedAt: Date.now() - HOUR,
    givenAt: Date.now(),
    givenBy: 'Mallory',
  };
  await sim.putItems(map, { [conversationSid]: row });
  return `https://sync.twilio.com/v1/Services/${syncServiceSid}/Maps/${map}/Items/${conversationSid}`;
}

test('a forged gift brings a supervisor nothing', async ({ desktop, sim, stack, troubles }) => {
  troubles.expect(/Failed to load resource|Error in action UnparkInteraction body: the functions refused: notAllowed/);
  await parkAll(sim, stack);
  await sim.agent('sue', { activity: 'Available' });
  const sue = await desktop('sue');
  await forge(sim);
  await expect(sue.notifications.filter({ hasText: 'You may not park or resume this conversation.' })).toBeVisible();
  expect(await sim.tasksOf('charlie'), 'no invite').toHaveLength(1);
});

test('a forged gift waits no longer than it is in the list', async ({ desktop, sim, stack }) => {
  await parkAll(sim, stack);
  await sim.agent('sue', { activity: 'Offline' });
  const sue = await desktop('sue');
  const team = await new TeamList(sue).open();
  await expect(team.row('Charlie Customer'), "Ada's row").toHaveCount(1);
  const row = await forge(sim);
  await expect(sue.notifications.filter({ hasText: 'Mallory gave you Charlie Customer.' })).toBeVisible();
  await rest(stack, 'DELETE', row);
  await expect(sue.notifications.filter({ hasText: 'You no longer wait for Charlie Customer' })).toBeVisible();
});

test('an old or malformed gift is a row like others', async ({ desktop, sim }) => {
  const rows = [
    { givenAt: Date.now() - 13 * HOUR, givenBy: 'Sue' },
    { givenAt: 'now', givenBy: 'Sue' },
    { givenAt: Date.now(), givenBy: { name: 'Sue' }, customerName: ['Wanda'] },
  ];
  await sim.agent('ben', { activity: 'Offline' });
  await putRows(sim, rows);
  const ben = await desktop('ben');
  const list = await new List(ben).open();
  await expect(ben.notifications).toHaveCount(1);
  await expect(ben.notifications).toContainText('gave you the customer. It comes when you have room.');
  await expect(list.row('Customer 0')).toContainText('Given by Sue');
  await expect(list.rows.filter({ hasText: 'Waiting for room' })).toHaveCount(1);
  await expect(list.row('Customer 0')).not.toContainText('Waiting for room');
});

test('an agent without storage is told once', async ({ desktop, sim }) => {
  await sim.agent('ben', { activity: 'Offline' });
  const ben = await desktop('ben', {
    prepare: (page) =>
      page.addInitScript(() => {
        const write = Storage.prototype.setItem;
        Storage.prototype.setItem = function setItem(key, value) {
          if (key.startsWith('park-interaction:')) throw new Error('the storage is full');
          write.call(this, key, value);
        };
      }),
  });
  const givenAt = Date.now();
  const row = { givenAt, givenBy: 'Sue', customerName: 'Charlie' };
  await putRows(sim, [row]);
  await expect(ben.notifications.filter({ hasText: 'Sue gave you Charlie.' })).toBeVisible();
  const list = await new List(ben).open();
  await putRows(sim, [{ ...row, note: 'changed' }]);
  await expect(list.row('Charlie')).toContainText('changed');
  await expect(ben.notifications).toHaveCount(1);
  await expect(ben.notifications).toContainText('Sue gave you Charlie.');
});
