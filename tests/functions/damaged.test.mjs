// Records that other code has damaged: the conversation is still routed, by the webhook's address.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { known } from '../support/known.mjs';
import { deskOfSuite, RECONCILE, until } from './support.mjs';

/** Changes to the text of the attributes. */
const DAMAGES = {
  'PHP writes an empty object as a list': (text) => text.replace('"displaced":{}', '"displaced":[]'),
  'Gson writes a time with an exponent': (text) => text.replace(/"parkedAt":\d+/, '"parkedAt":1.79E12'),
  'a whole number gets a fraction': (text) => text.replace(/"heard":(\d+)/, '"heard":$1.0'),
  'one name is removed': (text) => text.replace(/"channelSid":"\w+",/, ''),
  'the task attributes are cut': (text) => text.replace(/("taskAttributes":"\{[^}]{40}).*?\}"/, '$1"'),
  'all of it becomes a list': () => '[]',
  'it is cut to invalid JSON': (text) => text.slice(0, 100),
  'half an emoji stands in it': (text) => text.replace('{', '{"note":"\\ud83d",'),
};

describe('a damaged record', () => {
  const desk = deskOfSuite();

  async function parkedAndDamaged(damage) {
    await desk.parked('charlie');
    const { conversation } = await desk.state('charlie');
    const attributes = damage(conversation.attributes);
    assert.notEqual(attributes, conversation.attributes);
    await desk.control('POST', `conversations/${conversation.sid}`, { attributes });
  }

  /** Waits for a task and accepts it. Settling must then remove every webhook. */
  async function isTaken() {
    await until('a task', async () => (await rawState()).openTasks.length === 1);
    const world = await desk.world();
    const { channelSid, conversationSid } = desk.customer('charlie');
    const offer = world.reservations.find(
      ({ task_sid: task, reservation_status: status }) =>
        status === 'pending' &&
        world.tasks.find(({ sid }) => sid === task).attributes.flexInteractionChannelSid === channelSid,
    );
    await desk.control('POST', `reservations/${offer.sid}`, { status: 'accepted' });
    const { identity } = known(desk.facts.agents.find(({ workerSid }) => workerSid === offer.worker_sid));
    const { status, body } = await desk.settle('charlie', identity);
    assert.deepEqual([status, body.outcome], [200, 'settled'], JSON.stringify(body));
    const { webhooks } = (await desk.world()).conversations.find(({ sid }) => sid === conversationSid);
    assert.deepEqual(webhooks, []);
  }

  /** Returns the open tasks without parsing the attributes, which may be invalid JSON. */
  async function rawState() {
    const { tasks } = await desk.world();
    const { channelSid } = desk.customer('charlie');
    const own = tasks.filter(({ attributes }) => attributes.flexInteractionChannelSid === channelSid);
    return { openTasks: own.filter(({ assignment_status: status }) => ['pending', 'reserved'].includes(status)) };
  }

  const TRIES = {
    'the customer writes': () => desk.writes('charlie'),
    'the agent resumes': async () => {
      const { body } = await desk.resume('charlie', 'ada');
      assert.equal(body.outcome, 'routed', JSON.stringify(body));
    },
    'the owner releases it': async () => {
      const fields = { conversationSid: desk.customer('charlie').conversationSid, release: 'true' };
      const { body } = await desk.signed(RECONCILE, fields);
      assert.equal(body.changed?.[0]?.outcome ?? body.outcome, 'routed', JSON.stringify(body));
    },
  };

  for (const [what, damage] of Object.entries(DAMAGES)) {
    for (const [act, carryOut] of Object.entries(TRIES)) {
      it(`is routed if ${what} and ${act}`, async () => {
        await parkedAndDamaged(damage);
        await carryOut();
        await isTaken();
      });
    }
  }
});
