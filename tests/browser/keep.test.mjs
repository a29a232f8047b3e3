// The action that restarts the longest wait of a parked conversation, as a row of the list or another plugin invokes it.

import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
const HOUR = 3_600_000;

const EXPIRING = { enabled: true, show_list: true, expires_after_hours: 72 };

test.beforeEach(({ sim }) =>
  sim.configure({ uiAttributes: { custom_data: { features: { park_interaction: EXPIRING } } } }),
);

/** Invokes the action in the agent's page. Returns the error's variant, if it rejects. */
const keep = (agent, ConversationSid) =>
  agent.page.evaluate(
    (payload) =>
      globalThis.Twilio.Flex.Actions.invokeAction('KeepParkedInteraction', payload).then(
        () => undefined,
        ({ variant }) => variant,
      ),
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
  expect(await keep(ada, sid)).toBeUndefined();
  const after = await endOf(sim);
  expect(after - before).toBeGreaterThan(HOUR - 60_000);
  await expect(ada.page.getByText(/^Kept: .* now waits until .* at most\.$/)).toBeVisible();
});

test('an agent reads why a conversation cannot be kept', async ({ desktop, sim, troubles }) => {
  troubles.expect(/Failed to load resource/);
  const ada = await desktop('ada');
  const { sid } = await sim.conversationOf('charlie');
  expect(await keep(ada, sid)).toBe('notParked');
  await expect(ada.page.getByText('The conversation is not parked.')).toBeVisible();
});
