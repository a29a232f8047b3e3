import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { known } from '../support/known.mjs';
import { parkAsRecorded } from './recorded.mjs';
import { deskOfSuite, RECONCILE, until } from './support.mjs';

/** The keys that the template's feature writes into a conversation's attributes. */
const KEYS = [
  ...['interactionSid', 'channelSid', 'participantSid', 'taskSid', 'workflowSid', 'taskChannelUniqueName'],
  ...['queueName', 'queueSid', 'workerSid', 'taskAttributes', 'webhookSid', 'mapSid', 'mapItemKey'],
];

describe('beside the flex-project-template', () => {
  const desk = deskOfSuite();

  const elsewhere = { domain: 'template-1234-dev.twil.io' };

  /** Accepts the open offer and settles, as the agent's plugin does. Returns the agent's identity. */
  async function accepts(id) {
    const { worker_sid: worker } = await desk.answerOffer(id, 'accepted');
    const { identity } = known(desk.facts.agents.find(({ workerSid }) => workerSid === worker));
    const { body } = await desk.settle(id, identity);
    assert.equal(body.outcome, 'settled', JSON.stringify(body));
    return identity;
  }

  async function nothingIsLeft(id, attributes = {}) {
    const state = await desk.state(id);
    assert.deepEqual([state.attributes, state.conversation.webhooks, state.rows], [attributes, [], []]);
    assert.deepEqual([state.agents.length, state.openTasks.length], [1, 1]);
  }

  async function wakesFor(id) {
    await desk.writes(id);
    return until('a task', async () => {
      const { openTasks } = await desk.state(id);
      return openTasks.length === 1 && openTasks[0];
    });
  }

  describe('a conversation parked by the template', () => {
    for (const list of [true, false]) {
      it(`is woken and settled ${list ? 'with' : 'without'} a list`, async () => {
        const [old] = (await desk.state('charlie')).openTasks;
        await parkAsRecorded(desk, 'charlie', 'template', { list });
        const parked = await desk.state('charlie');
        assert.deepEqual([parked.agents.length, parked.openTasks.length, parked.rows.length], [0, 0, list ? 1 : 0]);
        const task = await wakesFor('charlie');
        assert.equal(task.workflow_sid, old.workflow_sid);
        assert.equal(task.attributes.originalRouting.workerSid, desk.agent('ada').workerSid);
        assert.equal(task.attributes.customerName, old.attributes.customerName);
        await desk.wakes('charlie');
        assert.deepEqual((await desk.state('charlie')).rows, []);
        await accepts('charlie');
        await nothingIsLeft('charlie');
      });
    }

    it('is resumed from our list with a webhook of another domain', async () => {
      await parkAsRecorded(desk, 'charlie', 'template', elsewhere);
      const { body } = await desk.resume('charlie', 'ada', {
        WebhookSid: (await desk.state('charlie')).attributes.webhookSid,
      });
      assert.equal(body.outcome, 'routed');
      assert.equal(await accepts('charlie'), 'ada');
      await nothingIsLeft('charlie');
    });

    it('gets our webhook by `reconcile`', async () => {
      await parkAsRecorded(desk, 'charlie', 'template', elsewhere);
      const before = await desk.state('charlie');
      const { body } = await desk.signed(RECONCILE, {});
      assert.deepEqual(
        body.changed.map(({ outcome }) => outcome),
        ['restored'],
      );
      const { conversation, attributes, rows } = await desk.state('charlie');
      assert.equal(conversation.webhooks.length, 1);
      assert.equal(new URL(conversation.webhooks[0].configuration.url).host, desk.facts.functionsDomain);
      assert.equal(attributes.webhookSid, conversation.webhooks[0].sid);
      assert.deepEqual(rows, before.rows);
      assert.deepEqual((await desk.signed(RECONCILE, {})).body.changed, []);
      await wakesFor('charlie');
      await accepts('charlie');
      await nothingIsLeft('charlie');
    });

    // The template leaves its keys when it unparks.
    it('is parked again by us after the template unparked it', async () => {
      await parkAsRecorded(desk, 'charlie', 'template');
      await templateUnparks('charlie');
      await desk.answerOffer('charlie', 'accepted');
      assert.ok((await desk.state('charlie')).attributes.interactionSid, 'the keys are still there');
      const { agents } = await desk.state('charlie');
      const { identity } = known(desk.facts.agents.find(({ workerSid }) => workerSid === agents[0].routing.worker_sid));
      await desk.parked('charlie', { agent: identity });
      await wakesFor('charlie');
      await accepts('charlie');
      await nothingIsLeft('charlie');
    });
  });

  /**
   * Unparks in the sequence of the template's functions: deletes the webhook, creates an invite from the attributes, deletes the
   * row. With `routeToSameWorker` the invite is for the agent who parked, as from its list.
   */
  async function templateUnparks(id, { routeToSameWorker = false } = {}) {
    const { client, facts } = desk;
    const conversation = desk.conversation(id);
    const { attributes } = await conversation.fetch();
    const parked = JSON.parse(attributes);
    await conversation.webhooks(parked.webhookSid).remove();
    const { queueName, queueSid, workerSid } = parked;
    await client.flexApi.v1
      .interaction(parked.interactionSid)
      .channels(parked.channelSid)
      .invites.create({
        routing: {
          properties: {
            workspace_sid: facts.workspaceSid,
            workflow_sid: parked.workflowSid,
            task_channel_unique_name: parked.taskChannelUniqueName,
            attributes: { ...JSON.parse(parked.taskAttributes), originalRouting: { queueName, queueSid, workerSid } },
            ...(routeToSameWorker && { queue_sid: queueSid, worker_sid: workerSid }),
          },
        },
      });
    if (parked.mapSid && parked.mapItemKey) {
      await client.sync.v1
        .services(facts.syncServiceSid)
        .syncMaps(parked.mapSid)
        .syncMapItems(parked.mapItemKey)
        .remove();
    }
  }

  describe('a conversation parked by us', () => {
    it('has the attributes and row fields of the template', async () => {
      await desk.parked('charlie');
      const { attributes, rows, conversation } = await desk.state('charlie');
      for (const key of KEYS) assert.equal(typeof attributes[key], 'string', key);
      assert.equal(conversation.webhooks[0].sid, attributes.webhookSid);
      const fields = ['interactionSid', 'participantSid', 'workflowSid', 'taskChannelUniqueName', 'taskAttributes'];
      for (const key of [...fields, 'webhookSid']) assert.equal(rows[0].data[key], attributes[key], key);
      assert.equal(rows[0].data.flexInteractionChannelSid, attributes.channelSid);
    });

    for (const routeToSameWorker of [false, true]) {
      it(`is unparked by the template ${routeToSameWorker ? 'from its list' : 'after a message'}`, async () => {
        const { attributes: before } = await desk.state('charlie');
        await desk.parked('charlie');
        await templateUnparks('charlie', { routeToSameWorker });
        const { openTasks, rows, conversation } = await desk.state('charlie');
        assert.deepEqual([openTasks.length, rows, conversation.webhooks], [1, [], []]);
        assert.equal(openTasks[0].attributes.originalRouting.workerSid, desk.agent('ada').workerSid);
        await accepts('charlie');
        await nothingIsLeft('charlie', before);
        await desk.parked('charlie', { agent: await inCharge('charlie') });
        await wakesFor('charlie');
      });
    }

    it('is restored after a declined task of the template', async () => {
      await desk.control('POST', 'agents/ben', { activity: 'Offline' });
      await desk.parked('charlie');
      await templateUnparks('charlie', { routeToSameWorker: true });
      await desk.answerOffer('charlie', 'rejected');
      await until('no open task', async () => (await desk.state('charlie')).openTasks.length === 0);
      const outcomes = [];
      await until('the conversation to be parked again', async () => {
        const { body } = await desk.signed(RECONCILE, {});
        outcomes.push(...body.changed.map(({ outcome }) => outcome));
        const { rows, conversation } = await desk.state('charlie');
        return rows.length === 1 && conversation.webhooks.length === 1;
      });
      await wakesFor('charlie');
    });

    async function inCharge(id) {
      const { agents } = await desk.state(id);
      return known(desk.facts.agents.find(({ workerSid }) => workerSid === agents[0].routing.worker_sid)).identity;
    }
  });
});
