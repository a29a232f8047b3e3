// Invariant I9: a Function responds in time to any request and to any behaviour of Twilio.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { sendBodies } from '../fuzz/http/run.mjs';
import { CHECK, deskOfSuite, PARK, RECONCILE, RESUME, SETTLE, TASK_EVENT, until, WAKE } from './support.mjs';

const ANSWERS_WITHIN_MS = 10_000;
const HALF_AN_EMOJI = '\\ud83d';
const nested = (levels) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('a Function always responds', () => {
  const desk = deskOfSuite();

  /** Calls `ask`, and fails if the response takes too long. Returns the response. */
  async function inTime(what, ask) {
    const began = Date.now();
    const answer = await ask();
    assert.ok(Date.now() - began < ANSWERS_WITHIN_MS, `${what}: ${Date.now() - began} ms`);
    return answer;
  }

  describe('to malformed requests', () => {
    /** Bodies that are sent as JSON. */
    const BODIES = {
      'half an emoji as a value': `{"a":"${HALF_AN_EMOJI}"}`,
      'half an emoji as a name': `{"${HALF_AN_EMOJI}":1}`,
      'half an emoji as a SID': `{"conversationSid":"${HALF_AN_EMOJI}","Token":"x"}`,
      'half an emoji as a token': `{"Token":"${HALF_AN_EMOJI}"}`,
      '200 levels': `{"a":${nested(200)}}`,
      '20 000 levels': `{"a":${nested(20_000)}}`,
      'the same name twice': '{"Token":"a","Token":"b"}',
      'a number beyond all numbers': '{"lastMessageIndex":1e999}',
      'a name of JavaScript': '{"__proto__":{"Token":"x"},"constructor":"x","toString":1}',
      nothing: '{}',
    };

    for (const [what, body] of Object.entries(BODIES)) {
      it(`refuses ${what} without a request to Twilio`, async () => {
        for (const path of [PARK, RESUME, SETTLE, CHECK]) {
          const { status } = await inTime(`${path}, ${what}`, () => desk.call(path, undefined, { ...json, body }));
          assert.ok([400, 401].includes(status), `${path}: ${status}`);
        }
        const { requests } = await desk.control('GET', 'journal');
        assert.deepEqual(
          requests.filter(({ host }) => host.endsWith('.twilio.com')),
          [],
        );
      });
    }

    const json = { headers: { 'content-type': 'application/json' } };

    // One slow request would hold up all others of the account.
    it('refuses thirty malformed requests at once', async () => {
      const body = BODIES['half an emoji as a value'];
      const answers = await inTime('all', () =>
        Promise.all(Array.from({ length: 30 }, () => desk.call(PARK, undefined, { ...json, body }))),
      );
      assert.ok(answers.every(({ status }) => status === 400));
    });

    it('responds to forms of Twilio with useless fields', async () => {
      const { conversationSid } = desk.customer('charlie');
      const forms = [
        {},
        { EventType: 'onMessageAdded' },
        { EventType: 'onMessageAdded', ConversationSid: 'x' },
        { EventType: 'onMessageAdded', ConversationSid: conversationSid, Author: '\ufffd', Index: '-1' },
        { EventType: 'onMessageAdded', ConversationSid: conversationSid, Index: '99999999999999999999' },
        { EventType: 'task.canceled', TaskAttributes: `{"a":"${HALF_AN_EMOJI}"}` },
        { EventType: 'task.canceled', TaskAttributes: nested(200) },
        { EventType: 'unheard-of' },
        { next: nested(200) },
      ];
      for (const form of forms) {
        for (const path of [WAKE, TASK_EVENT, RECONCILE]) {
          const { status } = await inTime(`${path} ${JSON.stringify(form)}`, () => desk.signed(path, form));
          assert.ok(status < 500, `${path} ${JSON.stringify(form)}: ${status}`);
        }
      }
    });
  });

  it('responds to a sample of `npm run check:bodies`', async () => {
    assert.deepEqual(await sendBodies(desk, { count: 400, seed: 1 }), []);
  });

  describe('to responses of Twilio', () => {
    const raw = (body) => JSON.parse(`"${body}"`);

    it('parks, wakes and reconciles a message with half an emoji', async () => {
      const { id } = desk.customer('charlie');
      await desk.writes(id, raw(`one half ${HALF_AN_EMOJI}`));
      await desk.parked(id);
      await desk.control('POST', `conversations/${desk.customer(id).conversationSid}`, {
        friendlyName: raw(`also here ${HALF_AN_EMOJI}`),
      });
      await desk.writes(id, raw(`and the other ${HALF_AN_EMOJI}`));
      await desk.wakes(id);
      assert.equal((await desk.state(id)).openTasks.length, 1);
      const { status, body } = await inTime('reconcile', () => desk.signed(RECONCILE, {}));
      assert.deepEqual([status, body.outcome], [200, 'reconciled']);
    });

    it('reconciles the others if one cannot be read', async () => {
      const ids = ['charlie', 'wanda', 'sam'];
      for (const id of ids) await desk.parked(id);
      await desk.control('POST', `conversations/${desk.customer('wanda').conversationSid}`, {
        attributes: `{"a":"${HALF_AN_EMOJI}"`,
        friendlyName: raw(HALF_AN_EMOJI),
      });
      for (const id of ids) {
        const { webhooks } = desk.conversation(id);
        for (const { sid } of await webhooks.list()) await desk.conversation(id).webhooks(sid).remove();
      }
      const { body } = await inTime('reconcile', () => desk.signed(RECONCILE, {}));
      const restored = body.changed.filter(({ outcome }) => outcome === 'restored').map((one) => one.conversationSid);
      for (const id of ['charlie', 'sam']) assert.ok(restored.includes(desk.customer(id).conversationSid), id);
    });

    /** Faults in place of Twilio's responses. */
    const SILENCES = {
      'never responds': { kind: 'timeout', holdMs: 30_000, times: 0 },
      'cuts every connection': { kind: 'dropBefore', times: 0 },
      'is down': { kind: 'status', status: 503, times: 0 },
    };

    for (const [what, fault] of Object.entries(SILENCES)) {
      it(`responds in time if Twilio ${what}`, async () => {
        await desk.parked('wanda');
        const fields = await desk.parkFields('charlie');
        await desk.fault({ host: 'conversations.twilio.com', ...fault });
        const asks = {
          park: () => desk.call(PARK, fields),
          resume: () => desk.resume('wanda', 'ada'),
          settle: () => desk.settle('wanda', 'ada'),
          check: () => desk.check('wanda', 'ada'),
          reconcile: () => desk.signed(RECONCILE, {}),
        };
        const answers = await Promise.all(
          Object.entries(asks).map(async ([name, ask]) => [name, await inTime(name, ask)]),
        );
        for (const [name, { status, body }] of answers) {
          assert.equal(status, 503, `${name}: ${JSON.stringify(body)}`);
          assert.equal(body.refusal.kind, 'twilioUnavailable', name);
        }
        await desk.control('DELETE', 'faults');
        await desk.writes('wanda');
        await until('somebody to be asked', async () => (await desk.state('wanda')).openTasks.length === 1);
      });
    }
  });
});
