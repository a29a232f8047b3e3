// The action that restarts the longest wait of a parked conversation, as a row of the list or another plugin invokes it.

import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
const HOUR = 3_600_000;

const EXPIRING = { enabled: true, show_list: true, expires_after_hours: 72 };

test.beforeEach(({ sim }) =>
  sim.configure({ uiAttributes: { custom_data: { features: { park_interaction: EXPIRING } } } }),
);

/** Invokes the action in the agent's page. */
const keep = (agent, ConversationSid) =>
  agent.page.evaluate(
    // A refusal rejects; its notification is what the agent sees.
    (payload) => globalThis.Twilio.Flex.Actions.invokeAction('KeepParkedInteraction', payload).catch(() => undefined),
    { ConversationSid },
  );

/** Returns the end of the wait in the row. */
async function endOf(sim) {
  const [{ data }] = await sim.rowsOf('charlie');
  return data.expiryAt;
}

test('an agent keeps a conversation, and reads until when', async ({ desktop, sim }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
  const before = await endOf(sim);
  await sim.pass(HOUR);
  const { sid } = await sim.conversationOf('charlie');
  await keep(ada, sid);
  const after = await endOf(sim);
  expect(after - before).toBeGreaterThan(HOUR - 60_000);
  await expect(ada.notifications.last()).toHaveText(/^Kept: Charlie Customer now waits until .* at most\.$/);
});

test('an agent reads why a conversation cannot be kept', async ({ desktop, sim, troubles }) => {
  troubles.expect(/Failed to load resource/);
  troubles.expect(/Error in action KeepParkedInteraction/);
  const ada = await desktop('ada');
  const { sid } = await sim.conversationOf('charlie');
  await keep(ada, sid);
  await expect(ada.notifications).toHaveText(
    'The wait for the customer did not start again. The conversation is not parked.',
  );
});
