// One plugin and one set of Functions, each of some version, as an agent has them: what must work whichever is older.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { inRoot } from '../../../scripts/lib/paths.mjs';
import { List, listOn } from '../../browser/support/list.mjs';
import { expect, test } from '../../browser/support/test.mjs';

const CHARLIE = 'Charlie Customer';
const OLDER = /The Functions are older than this plugin/;

/** The actions on a parked conversation, by their Functions, with payloads beside the conversation. */
const ACTIONS = {
  'change-interaction': { action: 'ChangeParkedInteraction', more: { reason: 'Parcel' } },
  'keep-interaction': { action: 'KeepParkedInteraction', more: {} },
  'give-interaction': { action: 'GiveParkedInteraction', more: {} },
  'end-interaction': { action: 'EndParkedInteraction', more: { unread: 0 } },
};

const folder = process.env.FUNCTIONS_FOLDER ?? inRoot('functions');
const has = (name) => existsSync(join(folder, 'functions', 'features', 'park-interaction', 'flex', `${name}.js`));
/** Actions that these Functions lack. */
const MISSING = Object.entries(ACTIONS).filter(([name]) => !has(name));
const isOwnPlugin = process.env.PLUGIN_BUNDLE === undefined;

test.beforeEach(async ({ sim, troubles }) => {
  await sim.configure(listOn);
  // The browser notes each answer that is no success, such as that of older Functions to a preparation.
  troubles.expect(/Failed to load resource/);
});

/** Parks Charlie, and waits until the row is there. */
async function parks(agent, sim) {
  await agent.open(CHARLIE);
  await agent.park();
  await expect(agent.task(CHARLIE)).toHaveCount(0);
  await expect(agent.notifications.first()).toContainText(/parked/i);
  const list = await new List(agent).open();
  await expect(list.row(CHARLIE)).toHaveCount(1);
  expect(await sim.rowsOf('charlie')).toHaveLength(1);
  return list;
}

/** Waits until an agent is in the conversation and nothing of the parking is left. */
async function isSettled(sim) {
  await expect.poll(async () => (await sim.conversationOf('charlie')).webhooks).toEqual([]);
  await expect.poll(async () => Object.keys(await sim.attributesOf('charlie'))).toEqual(['pre_engagement_data']);
  expect(await sim.rowsOf('charlie')).toEqual([]);
}

test('a conversation is parked, listed, woken by the customer, and settled', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  const list = await parks(ada, sim);
  await sim.customerWrites('charlie', 'Back again');
  await expect(list.row(CHARLIE)).toHaveCount(0);
  await ada.showTasks();
  await ada.accept(CHARLIE);
  await ada.open(CHARLIE);
  await expect(ada.messages.last()).toHaveText('Back again');
  await isSettled(sim);
});

test('a conversation is resumed from the list, and settled', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  const list = await parks(ada, sim);
  await list.button(CHARLIE).click();
  await expect(ada.task(CHARLIE)).toHaveAttribute('aria-label', /status accepted/, { timeout: 30_000 });
  await isSettled(sim);
});

for (const [name, { action, more }] of isOwnPlugin ? MISSING : []) {
  test(`the action ${action} says that the Functions lack ${name}`, async ({ desktop, sim, troubles }) => {
    troubles.expect(/Error in action .*functionsOlder/);
    const ada = await desktop('ada');
    await parks(ada, sim);
    const { sid } = await sim.conversationOf('charlie');
    const failed = await ada.page.evaluate(
      async ([act, payload]) => {
        const { Actions } = /** @type {any} Flex is there */ (globalThis).Twilio.Flex;
        return Actions.invokeAction(act, payload).then(
          () => false,
          () => true,
        );
      },
      [action, { ConversationSid: sid, ...more }],
    );
    expect(failed).toBe(true);
    await expect(ada.notifications.filter({ hasText: OLDER })).toHaveCount(1);
    expect(await sim.rowsOf('charlie'), 'it is parked as before').toHaveLength(1);
  });
}

if (isOwnPlugin && !has('change-interaction')) {
  test('a park with a note says that the Functions know none', async ({ desktop, sim }) => {
    const ada = await desktop('ada');
    await ada.open(CHARLIE);
    await expect(ada.parkButton).toBeEnabled();
    await ada.parkButton.hover();
    await ada.page.evaluate(() => {
      const { Actions, Manager } = /** @type {any} Flex is there */ (globalThis).Twilio.Flex;
      const tasks = [...Manager.getInstance().store.getState().flex.worker.tasks.values()];
      const task = tasks.find((one) => one.attributes.customerName === 'Charlie Customer');
      return Actions.invokeAction('ParkInteraction', { task, appointment: { note: 'Ask for the number.' } });
    });
    await expect(ada.notifications.filter({ hasText: 'Parked, but without time, reason and note.' })).toHaveCount(1);
    await expect.poll(async () => (await sim.conversationOf('charlie')).webhooks.length).toBe(1);
  });
}
