// The desktop if parking is not possible or fails.

import { known } from '../support/known.mjs';
import { expect, test } from './support/test.mjs';

const CHARLIE = 'Charlie Customer';
const flags = (park) => ({ custom_data: { features: { park_interaction: park } } });

/** Checks that the agent is still in the conversation, the attributes are the same, and there is no webhook. */
async function nothingHasChanged(sim, ada, before) {
  await expect(ada.task(CHARLIE)).toBeVisible();
  const now = await sim.conversationOf('charlie');
  expect(now.attributes).toBe(before.attributes);
  expect(now.webhooks).toEqual([]);
  expect(now.participants.map(({ identity }) => identity)).toContain('ada');
}

test('with the flag off there is no button', async ({ desktop, sim }) => {
  await sim.configure({ uiAttributes: flags({ enabled: false }) });
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await expect(ada.endButton).toBeVisible();
  await expect(ada.parkButton).toHaveCount(0);
});

test('the attributes of a worker override the flag', async ({ desktop, sim }) => {
  await sim.configure({
    uiAttributes: flags({ enabled: false }),
    workerAttributes: { ada: { config_overrides: { features: { park_interaction: { enabled: true } } } } },
  });
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await expect(ada.parkButton).toBeEnabled();
});

test('without a configuration there is no button', async ({ desktop, sim }) => {
  await sim.configure({ uiAttributes: { custom_data: null } });
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await expect(ada.endButton).toBeVisible();
  await expect(ada.parkButton).toHaveCount(0);
});

test('with another agent in the conversation the button is disabled', async ({ desktop, sim }) => {
  const { agents, customers, workspaceSid, workflowSid } = await sim.facts();
  const { interactionSid, channelSid } = known(customers.find(({ id }) => id === 'charlie'));
  const [first, ben] = ['ada', 'ben'].map((identity) => known(agents.find((agent) => agent.identity === identity)));
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await expect(ada.parkButton).toBeEnabled();

  await sim.eventBridge(first, `v1/Interactions/${interactionSid}/Channels/${channelSid}/Invites`, {
    routing: {
      properties: {
        workspace_sid: workspaceSid,
        workflow_sid: workflowSid,
        worker_sid: ben.workerSid,
        queue_sid: Object.values((await sim.facts()).queues)[0],
        task_channel_unique_name: 'chat',
        attributes: { customerName: CHARLIE, channelType: 'web' },
      },
    },
  });
  await sim.acceptFor(ben.workerSid);
  await expect(ada.parkButton).toBeDisabled();
  await expect(ada.parkButton).toHaveAccessibleName(/someone else from your team is in this conversation/);
});

test('a call cannot be parked', async ({ desktop, sim }) => {
  const { agents, workspaceSid, queues } = await sim.facts();
  const { workerSid } = known(agents.find(({ identity }) => identity === 'ada'));
  await sim.eventBridge(known(agents.find(({ identity }) => identity === 'ada')), `Workspaces/${workspaceSid}/Tasks`, {
    RoutingTarget: workerSid,
    TaskQueueSid: Object.values(queues)[0],
    TaskChannelUniqueName: 'voice',
    Attributes: { direction: 'outbound', outbound_to: '+15550600', name: 'Vera Voice' },
  });
  await sim.acceptFor(workerSid);
  const ada = await desktop('ada');
  await ada.tasks.and(ada.page.getByRole('button', { name: /^voice task/i })).click();
  await expect(ada.header).toBeVisible();
  await expect(ada.parkButton).toHaveCount(0);
});

test('a closed conversation cannot be parked', async ({ desktop }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await expect(ada.parkButton).toBeEnabled();
  await ada.endButton.click();
  await expect(ada.task(CHARLIE)).toHaveAttribute('aria-label', /wrap/i);
  await expect(ada.parkButton).toHaveCount(0);
});

test('without the Functions the agent keeps the conversation', async ({ desktop, sim, troubles }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  const before = await sim.conversationOf('charlie');
  await sim.fault({ host: (await sim.facts()).functionsDomain, kind: 'dropBefore', times: 0 });
  troubles.expect(/Failed to load resource/);
  troubles.expect(/Error in action ParkInteraction/);
  await ada.park();
  await expect(ada.notifications).toHaveText(
    `It is not certain that ${CHARLIE} was parked. No answer came. Check your connection and your tasks, then try again.`,
  );
  await nothingHasChanged(sim, ada, before);
  await expect(ada.parkButton).toBeEnabled();
});

test('after an error of Twilio the agent keeps the conversation', async ({ desktop, sim, troubles }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  const before = await sim.conversationOf('charlie');
  await sim.fault({ host: 'conversations.twilio.com', kind: 'status', status: 500, times: 0 });
  troubles.expect(/Failed to load resource/);
  troubles.expect(/Error in action ParkInteraction/);
  await ada.park();
  await expect(ada.notifications).toHaveText(
    /^Charlie Customer was not parked\. Twilio did not answer\. Nothing has changed/,
    { timeout: 30_000 },
  );
  await nothingHasChanged(sim, ada, before);
});

test('an expired token is refused with a request to log in', async ({ desktop, sim, troubles }) => {
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  const before = await sim.conversationOf('charlie');
  await sim.tokens({ expireAllOf: 'ada' });
  // For a minute the Functions remember whose token they have validated.
  await sim.pass(61_000);
  // Flex reads participants and channels, also those of the next task, with the same token.
  troubles.expect(/Could not fetch (participants|channels)/);
  troubles.expect(/TwilsockUpstream/);
  troubles.expect(/Failed to load resource/);
  troubles.expect(/Error in action ParkInteraction/);
  await ada.park();
  await expect(ada.notifications).toHaveText(`${CHARLIE} was not parked. Your session has expired.`);
  await nothingHasChanged(sim, ada, before);
});

test('without WebAssembly Flex works, with one message', async ({ desktop, troubles }) => {
  troubles.expect(/park-interaction:/);
  const ada = await desktop('ada', { prepare: forbidWasm });
  await expect(ada.notifications).toHaveText([/does not allow WebAssembly/]);
  await ada.open(CHARLIE);
  await expect(ada.parkButton).toHaveCount(0);
});

test("the button is beside Flex's Leave and Pause", async ({ desktop, sim }) => {
  await sim.configure({ configuration: { agent_conv_end_methods: { enabled: ['Pause', 'Leave'] } } });
  const ada = await desktop('ada');
  await ada.open(CHARLIE);
  await expect(ada.parkButton).toHaveCount(1);
  await ada.park();
  await expect(ada.task(CHARLIE)).toHaveCount(0);
});

/**
 * Makes WebAssembly fail as a content security policy without `wasm-unsafe-eval` does. The policy itself would forbid `eval`
 * too, and Flex does not start without `eval`.
 */
async function forbidWasm(page) {
  await page.addInitScript(() => {
    const refuse = (name) => async () => {
      throw new WebAssembly.CompileError(`WebAssembly.${name}(): Wasm code generation disallowed by embedder`);
    };
    for (const name of ['compile', 'instantiate']) WebAssembly[name] = refuse(name);
  });
}
