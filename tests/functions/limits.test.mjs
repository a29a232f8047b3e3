import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { known } from '../support/known.mjs';
import { deskOfSuite, until } from './support.mjs';

const CONVERSATION_LIMIT = 16 * 1024;
const ITEM_LIMIT = 16 * 1024;
const DAY = 24 * 60 * 60 * 1000;

const bytes = (text) => Buffer.byteLength(text);

describe("Twilio's limits", () => {
  const desk = deskOfSuite();

  /** Returns the state that a refused park must not change. */
  const kept = ({ conversation, agents, openTasks, rows }) => ({ conversation, agents, openTasks, rows });

  async function refusesToPark([status, kind]) {
    const before = kept(await desk.state('charlie'));
    const answer = await desk.park('charlie');
    assert.deepEqual([answer.status, answer.body.refusal?.kind], [status, kind], JSON.stringify(answer.body));
    assert.deepEqual(kept(await desk.state('charlie')), before);
    return answer.body.message;
  }

  async function wakesFor(id) {
    await desk.writes(id);
    await until('a task', async () => (await desk.state(id)).openTasks.length === 1);
  }

  /** Renews an agent's token, as Flex does before it expires. */
  async function signIn(identity) {
    await desk.control('POST', 'tokens', { identity });
    desk.facts = await desk.control('GET', 'facts');
  }

  /** Returns the sizes of a park: bytes that it added to the attributes, and bytes of its row. */
  async function sizes(before) {
    const { conversation, rows } = await desk.state('charlie');
    return {
      added: bytes(conversation.attributes) - bytes(before.conversation.attributes),
      row: bytes(JSON.stringify(rows[0].data)),
    };
  }

  async function setTaskAttributes(changes) {
    const { openTasks } = await desk.state('charlie');
    await desk.client.taskrouter.v1
      .workspaces(desk.facts.workspaceSid)
      .tasks(openTasks[0].sid)
      .update({ attributes: JSON.stringify({ ...openTasks[0].attributes, ...changes }) });
  }

  describe('of 16 KB for the attributes of a conversation', () => {
    /** Returns attributes with which a parked conversation has a given number of bytes in all, with its history or without. */
    async function filledTo(size, { history = true } = {}) {
      const before = await desk.state('charlie');
      await desk.parked('charlie');
      const { added } = await sizes(before);
      const own = (await desk.state('charlie')).attributes.parkInteraction;
      const without = history ? 0 : bytes(`"history":${JSON.stringify(own.history)},`);
      await desk.begin();
      const room = size - added + without - bytes(JSON.stringify({ notes: '' }));
      return { notes: 'x'.repeat(room) };
    }

    it('parks and wakes at exactly the limit', async () => {
      const attributes = await filledTo(CONVERSATION_LIMIT);
      await desk.setAttributes('charlie', attributes);
      await desk.parked('charlie');
      const { conversation } = await desk.state('charlie');
      assert.equal(bytes(conversation.attributes), CONVERSATION_LIMIT);
      await wakesFor('charlie');
      const offer = await desk.answerOffer('charlie', 'accepted');
      const { identity } = known(desk.facts.agents.find(({ workerSid }) => workerSid === offer.worker_sid));
      assert.equal((await desk.settle('charlie', identity)).body.outcome, 'settled');
      assert.deepEqual((await desk.state('charlie')).attributes, attributes);
    });

    it('parks without the history if that has no room', async () => {
      await desk.setAttributes('charlie', await filledTo(CONVERSATION_LIMIT, { history: false }));
      await desk.parked('charlie');
      const { attributes, conversation } = await desk.state('charlie');
      assert.equal(attributes.parkInteraction.history, undefined);
      assert.equal(bytes(conversation.attributes), CONVERSATION_LIMIT);
    });

    it('refuses one byte too many, with the number of bytes', async () => {
      await desk.setAttributes('charlie', await filledTo(CONVERSATION_LIMIT + 1, { history: false }));
      const message = await refusesToPark([422, 'tooLarge']);
      assert.match(message, /attributes would be 16385 bytes, 16384 are allowed/);
    });

    it('counts bytes, not characters', async () => {
      const { notes } = await filledTo(CONVERSATION_LIMIT, { history: false });
      await desk.setAttributes('charlie', { notes: 'ü'.repeat(notes.length / 2 + 1) });
      await refusesToPark([422, 'tooLarge']);
    });

    it('resumes after other code has filled the attributes', async () => {
      await desk.parked('charlie');
      const { attributes, conversation } = await desk.state('charlie');
      const room = CONVERSATION_LIMIT - bytes(conversation.attributes) - bytes(',"notes":""');
      await desk.setAttributes('charlie', { ...attributes, notes: 'x'.repeat(room) });
      assert.equal((await desk.resume('charlie', 'ada')).body.outcome, 'routed');
    });
  });

  describe('of 16 KiB for a row of the list', () => {
    /** Returns a customer's name with which the row has a given number of bytes. The row has the name twice. */
    async function nameFor(size) {
      await setTaskAttributes({ customerName: '' });
      await desk.parked('charlie');
      const { row } = await sizes(await desk.state('charlie'));
      await desk.begin();
      return { customerName: 'x'.repeat(Math.floor((size - row) / 2)) };
    }

    it('parks at exactly the limit', async () => {
      await setTaskAttributes(await nameFor(ITEM_LIMIT));
      await desk.parked('charlie');
      const { rows } = await desk.state('charlie');
      const size = bytes(JSON.stringify(rows[0].data));
      assert.ok(size > ITEM_LIMIT - 2 && size <= ITEM_LIMIT, `${size} bytes`);
    });

    it('refuses a row over the limit', async () => {
      await setTaskAttributes(await nameFor(ITEM_LIMIT + 2));
      assert.match(await refusesToPark([422, 'tooLarge']), /the row of the list would be \d+ bytes, 16384 are allowed/);
    });

    it('parks the same conversation without a list', async () => {
      await setTaskAttributes(await nameFor(ITEM_LIMIT + 2));
      await desk.parked('charlie', { showList: false });
    });
  });

  describe('of five webhooks for a conversation', () => {
    const armOthers = async (count) => {
      for (let number = 0; number < count; number += 1) {
        await desk.conversation('charlie').webhooks.create({
          target: 'webhook',
          'configuration.url': `https://hooks.example.com/${number}`,
          'configuration.filters': ['onConversationUpdated'],
        });
      }
    };

    it('refuses a sixth webhook', async () => {
      await armOthers(5);
      assert.match(await refusesToPark([422, 'tooManyWebhooks']), /has room for 5 webhooks, and none is free/);
    });

    it('parks with the fifth, and keeps those of others', async () => {
      await armOthers(4);
      const { conversation: before } = await desk.state('charlie');
      await desk.parked('charlie');
      assert.equal((await desk.state('charlie')).conversation.webhooks.length, 5);
      await wakesFor('charlie');
      const offer = await desk.answerOffer('charlie', 'accepted');
      const { identity } = known(desk.facts.agents.find(({ workerSid }) => workerSid === offer.worker_sid));
      await desk.settle('charlie', identity);
      assert.deepEqual((await desk.state('charlie')).conversation.webhooks, before.webhooks);
    });
  });

  describe('in Sync', () => {
    const sync = () => desk.client.sync.v1.services(desk.facts.syncServiceSid);
    const mapName = () => `ParkedInteractions_${desk.agent('ada').workerSid}`;

    it('replaces a row with the same key', async () => {
      await sync().syncMaps.create({ uniqueName: mapName() });
      const { conversationSid } = desk.customer('charlie');
      await sync()
        .syncMaps(mapName())
        .syncMapItems.create({ key: conversationSid, data: { left: 'from an earlier park' } });
      await desk.parked('charlie');
      const { rows, attributes } = await desk.state('charlie');
      assert.equal(rows.length, 1);
      assert.equal(rows[0].data.left, undefined);
      assert.equal(rows[0].data.webhookSid, attributes.webhookSid);
    });

    it('creates a missing map', async () => {
      await desk.parked('charlie');
      await sync().syncMaps(mapName()).remove();
      await desk.parked('wanda');
      assert.equal((await desk.state('wanda')).rows.length, 1);
    });

    it('resumes and wakes without the map', async () => {
      await desk.parked('charlie');
      await desk.parked('wanda');
      await sync().syncMaps(mapName()).remove();
      assert.equal((await desk.resume('charlie', 'ada')).body.outcome, 'routed');
      await wakesFor('wanda');
    });

    it('keeps a conversation parked after its row has expired', async () => {
      await desk.parked('charlie');
      await desk.parked('wanda');
      await desk.parked('sam');
      await desk.control('POST', 'clock', { advanceMs: DAY + 60_000 });
      assert.deepEqual((await desk.state('charlie')).rows, []);
      assert.equal((await desk.state('sam')).rows.length, 1, 'a text message is answered days later');
      await wakesFor('charlie');
      await signIn('ada');
      assert.equal((await desk.resume('wanda', 'ada')).body.outcome, 'routed');
    });
  });

  describe('of closed conversations', () => {
    it('refuses to park a closed conversation', async () => {
      const fields = await desk.parkFields('charlie');
      await desk.conversation('charlie').update({ state: 'closed' });
      const before = kept(await desk.state('charlie'));
      const { status, body } = await desk.park('charlie', fields);
      assert.deepEqual([status, body.refusal.kind], [410, 'conversationClosed']);
      assert.deepEqual(kept(await desk.state('charlie')), before);
    });

    it('refuses to resume a closed conversation and removes its row', async () => {
      await desk.parked('charlie');
      await desk.conversation('charlie').update({ state: 'closed' });
      const { status, body } = await desk.resume('charlie', 'ada');
      assert.deepEqual([status, body.refusal.kind], [410, 'conversationClosed']);
      const { rows, openTasks } = await desk.state('charlie');
      assert.deepEqual([rows, openTasks], [[], []]);
    });

    it('undoes a park if the conversation is closed meanwhile', async () => {
      const before = await desk.state('charlie');
      await desk.fault({
        method: 'POST',
        pathPattern: '/Conversations/CH\\w+$',
        kind: 'status',
        status: 400,
        code: 50367,
      });
      const { status, body } = await desk.park('charlie');
      assert.deepEqual([status, body.refusal.kind], [410, 'conversationClosed']);
      assert.match(body.message, /50367/);
      const after = await desk.state('charlie');
      assert.deepEqual(after.agents, before.agents);
      assert.deepEqual(after.attributes, before.attributes);
      assert.deepEqual([after.conversation.webhooks, after.rows], [[], []]);
    });

    const gone = { kind: 'status', status: 404, code: 20404, times: 0 };
    const PARTICIPANTS = { method: 'GET', pathPattern: '/Channels/UO\\w+/Participants$' };
    const INVITES = { method: 'POST', pathPattern: '/Invites$' };
    const CHANNEL = { method: 'GET', pathPattern: '/Channels/UO\\w+$' };

    // The webhook stays: Twilio may make another channel, and then the next message wakes the conversation.
    it('removes the row if the channel is gone before the invite', async () => {
      await desk.parked('charlie');
      const parked = await desk.state('charlie');
      for (const fault of [INVITES, CHANNEL]) await desk.fault({ ...fault, ...gone });
      const { status, body } = await desk.resume('charlie', 'ada');
      assert.deepEqual([status, body.refusal?.kind], [410, 'conversationClosed'], body.message);
      const after = await desk.state('charlie');
      assert.deepEqual([after.rows, after.openTasks], [[], []]);
      assert.equal(after.conversation.attributes, parked.conversation.attributes);
      assert.deepEqual(after.conversation.webhooks, parked.conversation.webhooks);
      await desk.control('DELETE', 'faults');
      await wakesFor('charlie');
    });

    it('keeps the row if the channel exists after all', async () => {
      await desk.parked('charlie');
      await desk.fault({ ...PARTICIPANTS, ...gone });
      const { status, body } = await desk.resume('charlie', 'ada');
      assert.deepEqual([status, body.refusal?.kind], [503, 'twilioUnavailable'], body.message);
      const after = await desk.state('charlie');
      assert.deepEqual([after.rows.length, after.openTasks], [1, []]);
      await desk.control('DELETE', 'faults');
      await wakesFor('charlie');
    });

    it('keeps the row if another resource is not found', async () => {
      await desk.parked('charlie');
      await desk.fault({ ...INVITES, ...gone });
      const { status, body } = await desk.resume('charlie', 'ada');
      assert.deepEqual([status, body.refusal], [502, { kind: 'twilioRefused', code: 20404 }], body.message);
      assert.equal((await desk.state('charlie')).rows.length, 1);
    });
  });
});
