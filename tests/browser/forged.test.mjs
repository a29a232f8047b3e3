// Invariant I8 in the real desktop: data that agents write into a conversation with their own token are no access to another
// resource.

import { PARK, RESUME, SETTLE } from '../functions/support.mjs';
import { known } from '../support/known.mjs';
import { rest } from './support/rest.mjs';
import { expect, test } from './support/test.mjs';

const PAYROLL = 'PayrollApprovals';
/** Keys that lead from an item of a map to a document beside it, and to the whole service. */
const WAYS_OUT = [`../../../Documents/${PAYROLL}`, '../../../..'];

/** The browser's message about a refused request. */
const REFUSED = /Failed to load resource/;

const serviceOf = ({ facts }) => `https://sync.twilio.com/v1/Services/${facts.syncServiceSid}`;

/** Calls one of the Functions as the plugin does, with the agent's own token. */
function ask(desktop, { functionsDomain }, path, fields) {
  return desktop.page.evaluate(
    async ([url, form]) => {
      const { token } = globalThis.Twilio.Flex.Manager.getInstance().store.getState().flex.session.ssoTokenPayload;
      const body = new URLSearchParams({ Token: token, ...form });
      const response = await fetch(url, { method: 'POST', body });
      return response.json();
    },
    [`/__host/${functionsDomain}${path}`, fields],
  );
}

/** Returns a record as parking writes it, with the SIDs of another conversation. */
function forgedRecord(customer, task, more) {
  return {
    interactionSid: customer.interactionSid,
    channelSid: customer.channelSid,
    taskSid: task.sid,
    workflowSid: task.workflow_sid,
    queueSid: task.queue_sid,
    queueName: 'Everyone',
    taskChannelUniqueName: 'chat',
    taskAttributes: JSON.stringify(task.attributes),
    parkInteraction: { parkedAt: 1, displaced: {} },
    ...more,
  };
}

/** Returns the Functions' requests to Twilio since the journal was emptied, as path and body. */
async function asked(sim) {
  const { requests } = await sim.journal();
  const ours = requests.filter(({ via, host }) => via === 'tls' && host.endsWith('.twilio.com'));
  return ours.map(({ method, path, form }) => `${method} ${path} ${JSON.stringify(form ?? [])}`);
}

for (const mapItemKey of WAYS_OUT) {
  test(`the key ${mapItemKey} removes only the agent's own row`, async ({ desktop, sim, stack, troubles }) => {
    troubles.expect(REFUSED);
    const document = `${serviceOf({ facts: await sim.facts() })}/Documents`;
    await rest(stack, 'POST', document, { UniqueName: PAYROLL, Data: '{"approved":true}' });
    await sim.clearJournal();
    const ada = await desktop('ada');
    const facts = await sim.facts();
    const charlie = known(facts.customers.find(({ id }) => id === 'charlie'));
    const [task] = await sim.tasksOf('charlie');
    const { workerSid } = known(facts.agents.find(({ identity }) => identity === 'ada'));
    const record = forgedRecord(charlie, task, { workerSid, mapSid: `MP${'1'.repeat(32)}`, mapItemKey });
    await ada.addToAttributes(charlie.conversationSid, record);

    await ask(ada, facts, SETTLE, { conversationSid: charlie.conversationSid });
    await ada.addToAttributes(charlie.conversationSid, record);
    await ask(ada, facts, RESUME, { conversationSid: charlie.conversationSid });
    await ada.open('Charlie Customer');
    await ada.park();
    await sim.customerWrites('charlie', 'Here I am.');
    await expect.poll(async () => (await sim.tasksOf('charlie')).length).toBe(2);

    const ofSync = (await asked(sim)).filter((one) => one.includes('/Services/'));
    expect(ofSync.length).toBeGreaterThan(0);
    for (const request of ofSync) {
      expect(request).toMatch(/^\w+ \/v1\/Services\/IS\w+\/(Documents|Maps)/);
      expect(request).not.toContain('..');
      expect(request).not.toContain(PAYROLL);
    }
    const { data } = await rest(stack, 'GET', `${document}/${PAYROLL}`);
    expect(data).toEqual({ approved: true });
  });
}

test('SIDs of another conversation do not lead into it', async ({ desktop, sim, troubles }) => {
  troubles.expect(REFUSED);
  const ada = await desktop('ada');
  for (const name of ['Charlie Customer', 'Wanda Walker']) {
    await ada.open(name);
    await ada.park();
    await expect(ada.task(name)).toHaveCount(0);
  }
  await ada.goTo('Break');
  const ben = await desktop('ben');
  await sim.customerWrites('wanda', 'Are you there?');
  await ben.accept('Wanda Walker');
  await expect.poll(async () => (await sim.conversationOf('wanda')).webhooks).toEqual([]);

  // Ben is in Wanda's conversation, and writes Charlie's SIDs into it.
  const facts = await sim.facts();
  const [charlie, wanda] = ['charlie', 'wanda'].map((id) => known(facts.customers.find((one) => one.id === id)));
  const { workerSid } = known(facts.agents.find(({ identity }) => identity === 'ben'));
  const charlies = [await sim.conversationOf('charlie'), await sim.tasksOf('charlie'), await sim.rowsOf('charlie')];
  const refused = await ask(ben, facts, RESUME, { conversationSid: charlie.conversationSid });
  expect(refused.refusal).toEqual({ kind: 'notAllowed' });
  const { webhookSid } = await sim.attributesOf('charlie');
  const record = forgedRecord(charlie, charlies[1][0], { workerSid, webhookSid, mapItemKey: charlie.conversationSid });
  for (const path of [RESUME, SETTLE, PARK]) {
    await ben.addToAttributes(wanda.conversationSid, record);
    const { interactionSid, channelSid } = charlie;
    await ask(ben, facts, path, { conversationSid: wanda.conversationSid, interactionSid, channelSid });
  }
  await ben.addToAttributes(wanda.conversationSid, record);
  await ben.park();
  await expect(ben.task('Wanda Walker')).toHaveCount(0);
  await sim.customerWrites('wanda', 'And now?');
  await expect.poll(async () => (await sim.tasksOf('wanda')).length).toBe(3);

  expect([await sim.conversationOf('charlie'), await sim.tasksOf('charlie'), await sim.rowsOf('charlie')]).toEqual(
    charlies,
  );
});
