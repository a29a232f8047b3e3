// The function that takes the events of Event Streams: it checks itself who sends them, and an event is only a reason to look.

import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { describe, it } from 'node:test';

import { afterTheRace } from '../faults/invariants.mjs';
import { deskOfSuite, PATHS, until } from './support.mjs';

const KEY = 'a'.repeat(64);
const CUSTOMER = 'charlie';
const CANCELED = 'com.twilio.taskrouter.task.canceled';
const STATE = 'com.twilio.conversations.conversation-state.updated';

describe('the function for Event Streams', () => {
  const desk = deskOfSuite({ environment: { PARK_INTERACTION_EVENTS_KEY: KEY } });

  const stateOf = (conversationSid, to) => ({
    ...{ specversion: '1.0', id: 'EV1', type: STATE },
    data: { ConversationSid: conversationSid, StateFrom: 'active', StateTo: to, Reason: 'TIMER' },
  });
  const canceled = (attributes) => ({
    ...{ specversion: '1.0', id: 'EV2', type: CANCELED },
    data: { payload: { eventtype: 'task.canceled', task_attributes: JSON.stringify(attributes) } },
  });
  const basic = (password) => `Basic ${Buffer.from(`park-interaction:${password}`).toString('base64')}`;

  /** Posts events as Twilio does, but for what `different` says. */
  async function post(events, different = {}) {
    const body = different.body ?? JSON.stringify(events);
    const hash = different.hash ?? createHash('sha256').update(body).digest('hex');
    const query = different.query ?? `?bodySHA256=${hash}`;
    const user = different.user ?? '';
    const signed = `https://${user}${desk.facts.functionsDomain}${PATHS.event}${query}`;
    const token = different.token ?? desk.facts.authToken;
    const signature = different.signature ?? createHmac('sha1', token).update(signed).digest('base64');
    const response = await fetch(`${desk.functionsUrl}${PATHS.event}${query}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(signature && { 'x-twilio-signature': signature }),
        ...(different.authorization && { authorization: different.authorization }),
      },
      body,
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  const requests = async () => {
    const { requests } = await desk.control('GET', 'journal');
    return requests.filter(({ host }) => host.endsWith('.twilio.com'));
  };

  it('takes what Twilio has signed, with and without the user in the address', async () => {
    const events = [canceled({})];
    for (const different of [{}, { user: `park-interaction:${KEY}@` }, { authorization: basic(KEY) }]) {
      const { status, body } = await post(events, different);
      assert.deepEqual([status, body], [200, { outcome: 'ignored' }], JSON.stringify(different));
    }
  });

  it('takes a body that is not written as JSON is written here only with the password of the sink', async () => {
    const events = [canceled({})];
    const spaced = JSON.stringify(events, null, 2);
    assert.equal((await post(events, { body: spaced })).status, 403);
    assert.equal((await post(events, { body: spaced, authorization: basic('b'.repeat(64)) })).status, 403);
    assert.equal((await post(events, { body: spaced, authorization: basic(KEY) })).status, 200);
  });

  it('refuses everything else, and asks nobody', async () => {
    await desk.parked(CUSTOMER);
    await desk.control('DELETE', 'journal');
    const events = [stateOf(desk.customer(CUSTOMER).conversationSid, 'inactive')];
    const hash = createHash('sha256').update('[]').digest('hex');
    for (const different of [
      { signature: '' },
      { signature: 'x' },
      { token: 'another token' },
      { hash },
      { hash: 'no hash' },
      { query: '' },
      { query: '?bodySHA256=a&bodySHA256=b' },
      { authorization: basic(KEY), signature: '' },
      { authorization: basic(KEY), token: 'another token' },
      { user: 'somebody:else@' },
    ]) {
      const { status, body } = await post(events, different);
      assert.deepEqual([status, body.refusal], [403, { kind: 'notAllowed' }], JSON.stringify(different));
    }
    assert.deepEqual(await requests(), []);
  });

  it('answers whatever the body holds', async () => {
    const deep = (levels) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    for (const body of [
      '{}',
      'null',
      '7',
      `[${deep(200)}]`,
      `[${deep(20_000)}]`,
      '[{"__proto__":{"type":"x"}}]',
      '[null]',
    ]) {
      for (const different of [{ body }, { body, authorization: basic(KEY) }, { body, signature: 'x' }]) {
        const { status } = await post([], different);
        assert.ok([200, 400, 403, 500].includes(status), `${body.slice(0, 30)}: ${status}`);
      }
    }
    assert.deepEqual(await requests(), []);
  });

  it('refuses headers that come as parameters', async () => {
    const bodySHA256 = 'a'.repeat(64);
    const sent = (fields) => ({ query: '', body: JSON.stringify({ bodySHA256, ...fields }) });
    const header = 'x-twilio-signature';
    // The runtime lays the parameters over `request`. An object with a length would be gone through like a text, many times.
    const signatures = [7, null, true, {}, ['x', 'y'], { length: 100_000_000 }];
    for (const different of [
      { query: `?bodySHA256=${bodySHA256}&request=x` },
      sent({ request: null }),
      sent({ request: { headers: null } }),
      ...signatures.map((signature) => sent({ request: { headers: { [header]: signature } } })),
    ]) {
      const began = Date.now();
      const { status, body } = await post([], different);
      const took = Date.now() - began;
      assert.deepEqual([status, body.refusal], [403, { kind: 'notAllowed' }], JSON.stringify(different));
      assert.ok(took < 2_000, `${JSON.stringify(different)}: ${took} ms`);
    }
    assert.deepEqual(await requests(), []);
  });

  it('answers within ten seconds, however many events there are', async () => {
    await desk.parked(CUSTOMER);
    await desk.control('POST', 'latency', { ms: 1_900 });
    const began = Date.now();
    const [parked, other] = [CUSTOMER, 'wanda'].map((id) => stateOf(desk.customer(id).conversationSid, 'inactive'));
    const { status } = await post([other, other, parked]);
    const took = Date.now() - began;
    assert.ok(took > 3_800 && took < 10_000, `${took} ms`);
    assert.ok([200, 503].includes(status), `${status}`);
  });

  it('names what is missing', async () => {
    const { status, body } = await post([]);
    assert.deepEqual([status, body.refusal], [400, { kind: 'badRequest', field: 'body' }]);
    // Twilio would repeat for hours what can never be read.
    const odd = await post([{ id: 'EV3' }]);
    assert.deepEqual([odd.status, odd.body.refusal], [200, { kind: 'badRequest', field: 'type' }]);
  });

  it('routes a customer of whom nobody has heard, once, however often it is told', async () => {
    const before = await desk.state(CUSTOMER);
    await desk.parked(CUSTOMER);
    await desk.fault({ host: desk.facts.functionsDomain, method: 'POST', kind: 'dropBefore' });
    await desk.writes(CUSTOMER, 'Is anybody there?');
    await until('the lost delivery', async () => (await desk.control('GET', 'journal')).deliveries.length > 0);
    const event = stateOf(desk.customer(CUSTOMER).conversationSid, 'inactive');
    const answers = await Promise.all([post([event]), post([event, event]), post([event])]);
    for (const { status } of answers) assert.ok([200, 409, 503].includes(status), JSON.stringify(answers));
    const again = await post([event]);
    assert.equal(again.status, 200, JSON.stringify(again.body));
    const after = await desk.state(CUSTOMER);
    assert.equal(after.openTasks.length, 1);
    assert.equal(afterTheRace({ before }, after), undefined);
  });

  it('costs one request for a conversation that is not parked', async () => {
    const event = stateOf(desk.customer(CUSTOMER).conversationSid, 'inactive');
    await desk.control('DELETE', 'journal');
    const { status, body } = await post([event]);
    assert.deepEqual([status, body], [200, { outcome: 'ignored' }]);
    assert.equal((await requests()).length, 1);
  });

  it('asks for a repetition where Twilio does not answer', async () => {
    await desk.parked(CUSTOMER);
    await desk.fault({ pathPattern: '/Webhooks', kind: 'status', times: 0 });
    const { status, body } = await post([stateOf(desk.customer(CUSTOMER).conversationSid, 'inactive')]);
    assert.deepEqual([status, body.refusal], [503, { kind: 'twilioUnavailable' }]);
  });
});
