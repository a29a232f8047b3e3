import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, it } from 'node:test';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { known } from '../support/known.mjs';
import { runFlow } from './studio.mjs';
import { deskOfSuite, RECONCILE, until, WAKE } from './support.mjs';

const FLOW_SID = `FW${'5'.repeat(32)}`;

/** Returns a sample with each placeholder replaced, as its README describes, and none left. */
function sample(name, replacements) {
  let text = readFileSync(inRoot('deploy', 'samples', name), 'utf8');
  for (const [placeholder, value] of Object.entries(replacements)) {
    assert.ok(text.includes(placeholder), placeholder);
    text = text.replaceAll(placeholder, value);
  }
  assert.doesNotMatch(text, /\b(WQ|ZS|ZE|ZH)_[A-Z]+|FUNCTIONS_DOMAIN/);
  return text;
}

describe('the sample of a workflow', () => {
  const desk = deskOfSuite();
  let support;

  /** Parks Dora's conversation, which Ben has from the queue Support. Ada and Ben are in the queue, Sue is not. */
  beforeEach(async () => {
    const { taskQueues, workflows } = workspace();
    const targetWorkers = "contact_uri IN ['client:ada', 'client:ben']";
    support = await taskQueues.create({ friendlyName: 'Support', targetWorkers });
    const workflow = workflows(desk.facts.workflowSid);
    const plain = { task_routing: { filters: [], default_filter: { queue: support.sid } } };
    await workflow.update({ configuration: JSON.stringify(plain) });
    await desk.control('POST', 'agents/ada', { activity: 'Offline' });
    await desk.control('POST', 'customers', { id: 'dora', name: 'Dora', channel: 'web' });
    await desk.writes('dora', 'Hello');
    desk.facts = await desk.control('GET', 'facts');
    await desk.answerOffer('dora', 'accepted');
    await desk.parked('dora', { agent: 'ben' });
    assert.equal((await desk.state('dora')).attributes.queueSid, support.sid);

    await desk.control('POST', 'agents/ada', { activity: 'Available' });
    await desk.control('POST', 'agents/sue', { activity: 'Available' });
    const configuration = sample('workflow-same-agent.json', {
      WQ_QUEUE: support.sid,
      WQ_EVERYONE: desk.facts.queues.Everyone,
    });
    await workflow.update({ configuration, taskReservationTimeout: 60 });
  });

  const workspace = () => desk.client.taskrouter.v1.workspaces(desk.facts.workspaceSid);

  const fill = (identity) =>
    workspace().workers(desk.agent(identity).workerSid).workerChannels('chat').update({ capacity: 0 });

  const goOffline = (identity) => desk.control('POST', `agents/${identity}`, { activity: 'Offline' });

  /** Returns the identity of the agent who is offered Dora's conversation, if there is one. */
  async function asked() {
    const { world, openTasks } = await desk.state('dora');
    const offer = world.reservations.find(
      ({ task_sid: task, reservation_status: status }) => task === openTasks[0]?.sid && status === 'pending',
    );
    return offer && known(desk.facts.agents.find(({ workerSid }) => workerSid === offer.worker_sid)).identity;
  }

  async function wakes() {
    await desk.writes('dora', 'Here it is');
    await until('the new task', async () => (await desk.state('dora')).openTasks.length === 1);
    return asked();
  }

  it('asks the agent who parked first', async () => {
    assert.equal(await wakes(), 'ben');
  });

  it('asks the agent who parked even outside of the queue', async () => {
    const { attributes } = await workspace().workers(desk.agent('ben').workerSid).fetch();
    const changed = { ...JSON.parse(attributes), contact_uri: 'client:benjamin' };
    await workspace()
      .workers(desk.agent('ben').workerSid)
      .update({ attributes: JSON.stringify(changed) });
    assert.equal(await wakes(), 'ben');
  });

  it('asks the queue at once if the agent who parked is offline', async () => {
    await goOffline('ben');
    assert.equal(await wakes(), 'ada');
  });

  it('asks the queue at once if the agent who parked is full', async () => {
    await fill('ben');
    assert.equal(await wakes(), 'ada');
  });

  it('asks the queue if the agent who parked does not respond', async () => {
    assert.equal(await wakes(), 'ben');
    await desk.control('POST', 'clock', { advanceMs: 59_000 });
    assert.equal(await asked(), 'ben');
    await desk.control('POST', 'clock', { advanceMs: 1_000 });
    assert.equal(await asked(), 'ada');
  });

  it('asks everyone at once if the queue is offline', async () => {
    await goOffline('ben');
    await goOffline('ada');
    assert.equal(await wakes(), 'sue');
  });

  it('waits for a full queue, and then asks everyone', async () => {
    await goOffline('ben');
    await fill('ada');
    assert.equal(await wakes(), undefined);
    await desk.control('POST', 'clock', { advanceMs: 119_000 });
    assert.equal(await asked(), undefined);
    await desk.control('POST', 'clock', { advanceMs: 1_000 });
    assert.equal(await asked(), 'sue');
  });

  it('keeps the task while all are offline', async () => {
    for (const identity of ['ada', 'ben', 'sue']) await goOffline(identity);
    assert.equal(await wakes(), undefined);
    await desk.control('POST', 'clock', { advanceMs: 600_000 });
    await desk.control('POST', 'agents/sue', { activity: 'Available' });
    assert.equal(await asked(), 'sue');
  });

  it('sends tasks without a park to everyone', async () => {
    await goOffline('ben');
    await desk.control('POST', 'customers', { id: 'emil', name: 'Emil', channel: 'web' });
    await desk.writes('emil', 'Hello');
    desk.facts = await desk.control('GET', 'facts');
    const { openTasks } = await desk.state('emil');
    const { taskQueueSid } = await workspace().tasks(openTasks[0].sid).fetch();
    assert.equal(taskQueueSid, desk.facts.queues.Everyone);
  });
});

describe('the sample of a Studio flow', () => {
  const desk = deskOfSuite({ environment: { PARK_INTERACTION_STUDIO_FLOW_SID: FLOW_SID } });
  let flow;
  let told;
  beforeEach(() => {
    told = 0;
    flow = JSON.parse(
      sample('studio-wake-flow.json', {
        ZS_SERVICE: `ZS${'1'.repeat(32)}`,
        ZE_ENVIRONMENT: `ZE${'1'.repeat(32)}`,
        ZH_FUNCTION: `ZH${'1'.repeat(32)}`,
        FUNCTIONS_DOMAIN: desk.facts.functionsDomain,
      }),
    );
  });

  /** Runs the flow for the next message that Studio receives. Returns the names of the executed widgets. */
  async function studioRuns(id) {
    told += 1;
    const deliveries = await desk.wakes(id, told);
    const delivery = deliveries[told - 1];
    assert.equal(delivery.url, `https://webhooks.twilio.com/v1/Accounts/${desk.facts.accountSid}/Flows/${FLOW_SID}`);
    return runFlow(flow, delivery, desk);
  }

  /** Returns the messages of the flow to the customer. */
  async function answers(id) {
    const { conversation } = await desk.state(id);
    const { body } = flow.states.find(({ name }) => name === 'answer').properties;
    return conversation.messages.filter((message) => message.body === body).length;
  }

  it('receives unseen messages in place of our own webhook', async () => {
    const fields = await desk.parkFields('charlie');
    await desk.parked('charlie');
    const { requests } = await desk.control('GET', 'journal');
    const armed = requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/Webhooks'));
    const forms = armed.map(({ form }) => Object.fromEntries(form));
    const [ours, flows] = ['webhook', 'studio'].map((target) => forms.find(({ Target }) => Target === target));
    assert.equal(forms.length, 2);
    assert.deepEqual(flows, {
      Target: 'studio',
      'Configuration.FlowSid': FLOW_SID,
      'Configuration.ReplayAfter': String(fields.lastMessageIndex),
    });
    assert.equal(ours['Configuration.Filters'], 'onConversationStateUpdated');
    const { conversation, attributes } = await desk.state('charlie');
    assert.equal(conversation.webhooks.find(({ sid }) => sid === attributes.webhookSid).target, 'studio');
  });

  it('wakes with one message to the customer until settle', async () => {
    const { attributes: before } = await desk.state('charlie');
    await desk.parked('charlie');
    await desk.writes('charlie');
    assert.deepEqual(await studioRuns('charlie'), ['wake', 'what_came_of_it', 'answer']);
    assert.equal((await desk.state('charlie')).openTasks.length, 1);
    await desk.writes('charlie', 'Hello?');
    assert.deepEqual(await studioRuns('charlie'), ['wake', 'what_came_of_it']);
    assert.equal(await answers('charlie'), 1);

    const offer = await desk.answerOffer('charlie', 'accepted');
    const who = known(desk.facts.agents.find(({ workerSid }) => workerSid === offer.worker_sid));
    assert.equal((await desk.settle('charlie', who.identity)).body.outcome, 'settled');
    const { attributes, conversation, rows } = await desk.state('charlie');
    assert.deepEqual([attributes, conversation.webhooks, rows], [before, [], []]);
  });

  it('creates another task after a declined one', async () => {
    await desk.control('POST', 'agents/ben', { activity: 'Offline' });
    await desk.parked('charlie');
    await desk.resume('charlie', 'ada');
    await desk.answerOffer('charlie', 'rejected');
    await until('TaskRouter to have told of it', async () => {
      const { deliveries } = await desk.control('GET', 'journal');
      return deliveries.some(({ params }) => params.EventType === 'task.canceled');
    });
    await desk.writes('charlie');
    assert.deepEqual(await studioRuns('charlie'), ['wake', 'what_came_of_it', 'answer']);
    assert.equal((await desk.state('charlie')).openTasks.length, 1);
  });

  it('ignores a message of the contact centre', async () => {
    await desk.parked('charlie');
    const { messages } = desk.conversation('charlie');
    await messages.create({ author: 'bot', body: 'How did we do?', xTwilioWebhookEnabled: 'true' });
    assert.deepEqual(await studioRuns('charlie'), ['wake', 'what_came_of_it']);
    assert.deepEqual([(await desk.state('charlie')).openTasks, await answers('charlie')], [[], 0]);
  });

  it('retries once if the Function fails', async () => {
    await desk.parked('charlie');
    // Two requests: the invite, and its retry without the record's data, which Twilio might refuse.
    await desk.fault({ method: 'POST', pathPattern: '/Invites$', kind: 'status', status: 400, code: 20001, times: 2 });
    await desk.writes('charlie');
    assert.deepEqual(await studioRuns('charlie'), ['wake', 'wake_again']);
    assert.equal((await desk.state('charlie')).openTasks.length, 1);
  });

  it('wakes without passing the message on, as template flows do', async () => {
    await desk.parked('charlie');
    const { conversationSid } = desk.customer('charlie');
    const { webhookSid } = (await desk.state('charlie')).attributes;
    const bare = { ConversationSid: conversationSid, WebhookSid: webhookSid };
    const { body } = await desk.signed(WAKE, bare);
    assert.equal(body.outcome, 'routed');
  });

  it('restores a deleted webhook, and removes the row at the end', async () => {
    await desk.parked('charlie');
    const { webhookSid } = (await desk.state('charlie')).attributes;
    await desk.conversation('charlie').webhooks(webhookSid).remove();
    const reconcile = async () => (await desk.signed(RECONCILE, {})).body.changed.map(({ outcome }) => outcome);
    assert.deepEqual(await reconcile(), ['restored']);
    const { conversation } = await desk.state('charlie');
    assert.deepEqual(conversation.webhooks.map(({ target }) => target).sort(), ['studio', 'webhook']);
    await desk.conversation('charlie').update({ state: 'closed' });
    assert.deepEqual(await reconcile(), ['removed']);
    assert.deepEqual((await desk.state('charlie')).rows, []);
  });
});
