import assert from 'node:assert/strict';
import { request } from 'node:https';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { openSimulator, PROTECTED, twilio, until } from './support.mjs';

let simulator;
before(async () => (simulator = await openSimulator('webhooks')));
beforeEach(() => simulator.begin());
afterEach(() => simulator.end());
after(() => simulator?.stop());

const target = () => `https://${simulator.facts.functionsDomain}${PROTECTED}`;

const arm = (id, fields = {}) =>
  simulator.conversation(id).webhooks.create({
    target: 'webhook',
    'configuration.url': target(),
    'configuration.filters': ['onMessageAdded'],
    ...fields,
  });

const writes = (id, body) => simulator.control('POST', `customers/${id}/messages`, { body });

const delivered = (count) =>
  until(`${count} deliveries`, async () => {
    const { deliveries } = await simulator.control('GET', 'journal');
    return deliveries.length >= count && deliveries;
  });

test('messages are posted as signed forms', async () => {
  const webhook = await arm('charlie');
  await writes('charlie', 'Grüße & 4711?');
  const [delivery] = await delivered(1);
  assert.deepEqual([delivery.status, delivery.outcome], [200, 'answered']);
  const [request] = simulator.functions.requests;
  const form = Object.fromEntries(new URLSearchParams(request.body));
  const signature = request.headers['x-twilio-signature'];
  assert.ok(twilio.validateRequest(simulator.facts.authToken, signature, target(), form));
  assert.deepEqual(
    [form.EventType, form.ConversationSid, form.Index, form.Author, form.Source, form.Body, form.WebhookSid],
    [
      'onMessageAdded',
      simulator.customer('charlie').conversationSid,
      '3',
      simulator.customer('charlie').address,
      'SDK',
      'Grüße & 4711?',
      webhook.sid,
    ],
  );
  assert.equal(simulator.functions.requests.length, 1);
});

test('REST messages reach webhooks on request only', async () => {
  await arm('charlie');
  const { messages } = simulator.conversation('charlie');
  await messages.create({ author: 'bot', body: 'quiet' });
  await messages.create({ author: 'bot', body: 'loud', xTwilioWebhookEnabled: 'true' });
  await delivered(1);
  const bodies = simulator.functions.requests.map(({ body }) => new URLSearchParams(body).get('Body'));
  assert.deepEqual(bodies, ['loud']);
});

test('webhooks receive selected events only', async () => {
  await arm('charlie', { 'configuration.filters': ['onMessageUpdated', 'onMessageRemoved'] });
  await arm('charlie');
  const { messages } = simulator.conversation('charlie');
  const message = await messages.create({ author: 'bot', body: 'first' });
  const one = simulator.conversation('charlie').messages(message.sid);
  await one.update({ body: 'second', xTwilioWebhookEnabled: 'true' });
  await delivered(1);
  await one.remove({ xTwilioWebhookEnabled: 'true' });
  const deliveries = await delivered(2);
  assert.deepEqual(
    deliveries.map(({ params: { EventType, Body, MessageSid } }) => [EventType, Body, MessageSid]),
    [
      ['onMessageUpdated', 'second', message.sid],
      ['onMessageRemoved', 'second', message.sid],
    ],
  );
});

test('new webhooks replay from the given index', async () => {
  await writes('charlie', 'between');
  await arm('charlie', { 'configuration.replayAfter': 2 });
  const indices = (await delivered(2)).map(({ params }) => params.Index);
  assert.deepEqual(indices.sort(), ['2', '3']);
});

/** The further requests of an ended Function are refused. */
test('functions whose caller has hung up follow the reading', async () => {
  const { accountSid, authToken } = simulator.facts;
  const { conversationSid } = simulator.customer('charlie');
  simulator.functions.answer = () => undefined;
  await arm('charlie');
  const rename = (friendlyName) =>
    new Promise((resolve) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: simulator.functionsTlsPort,
          servername: 'conversations.twilio.com',
          headers: { host: 'conversations.twilio.com', 'content-type': 'application/x-www-form-urlencoded' },
          path: `/v1/Conversations/${conversationSid}`,
          method: 'POST',
          auth: `${accountSid}:${authToken}`,
        },
        (answer) => resolve(answer.resume().statusCode),
      );
      sent.on('error', (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.code));
      sent.end(new URLSearchParams({ FriendlyName: friendlyName }).toString());
    });
  for (const [reading, outcome] of /** @type {[string, string | number][]} */ ([
    ['runs-on', 200],
    ['ends', 'ECONNRESET'],
  ])) {
    await simulator.control('POST', 'readings', { 'hung-up-function': reading });
    await simulator.control('DELETE', 'journal');
    await writes('charlie', 'slow');
    assert.equal(await rename('in time'), 200, reading);
    await delivered(1);
    assert.equal(await rename('too late'), outcome, reading);
    simulator.functions.drop();
    await until('the function to be over', async () => (await rename('anew')) === 200);
  }
});

/** A change of the webhook's URL does not affect requests that are due already. */
test('requests use the URL at the time of the event', async () => {
  const webhook = await arm('charlie', { 'configuration.url': `${target()}?turn=1&name=a%20b` });
  await simulator.control('POST', 'latency', { ms: 200 });
  await writes('charlie', 'first');
  await simulator.control('POST', 'latency', { ms: 0 });
  const one = simulator.conversation('charlie').webhooks(webhook.sid);
  const changed = await one.update({ 'configuration.url': `${target()}?turn=2` });
  assert.equal(changed.configuration.url, `${target()}?turn=2`);
  assert.deepEqual(changed.configuration.filters, ['onMessageAdded']);
  await writes('charlie', 'second');
  await delivered(2);
  const seen = simulator.functions.requests.map(({ path, body }) => [path, new URLSearchParams(body).get('Body')]);
  assert.deepEqual(seen.sort(), [
    [`${PROTECTED}?turn=1&name=a%20b`, 'first'],
    [`${PROTECTED}?turn=2`, 'second'],
  ]);
});

test('failed webhook requests are not repeated', async () => {
  simulator.functions.answer = () => 500;
  await arm('charlie');
  await writes('charlie', 'once');
  const [failed] = await delivered(1);
  assert.equal(failed.status, 500);
  simulator.functions.answer = () => undefined;
  await writes('charlie', 'twice');
  const [, late] = await delivered(2);
  assert.deepEqual([late.status, late.outcome], [null, 'timed out']);
  assert.ok(late.ms >= 5000 && late.ms < 6000, `${late.ms} ms`);
  assert.equal(simulator.functions.requests.length, 2);
});

test('state changes are posted with their reason', async () => {
  await arm('charlie', { 'configuration.filters': ['onConversationStateUpdated'] });
  await simulator.conversation('charlie').update({ 'timers.inactive': 'PT1M' });
  await simulator.control('POST', 'clock', { advanceMs: 60_000 });
  await writes('charlie', 'still here');
  const deliveries = await delivered(2);
  const seen = deliveries.map(({ params: { EventType, StateFrom, StateTo, Reason } }) => {
    assert.equal(EventType, 'onConversationStateUpdated');
    return [StateFrom, StateTo, Reason];
  });
  assert.deepEqual(seen.sort(), [
    ['active', 'inactive', 'TIMER'],
    ['inactive', 'active', 'EVENT'],
  ]);
});

test('protected functions require Twilio’s signature', async () => {
  const call = (path, headers = {}) =>
    fetch(`https://${simulator.facts.functionsDomain}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: 'a=1',
    });
  assert.equal((await call(PROTECTED)).status, 403);
  assert.equal((await call(PROTECTED, { 'x-twilio-signature': 'AAAA' })).status, 403);
  const signature = twilio.getExpectedTwilioSignature(simulator.facts.authToken, target(), { a: '1' });
  assert.equal((await call(PROTECTED, { 'x-twilio-signature': signature })).status, 200);
  assert.equal((await call('/open?x=y')).status, 200);
  assert.deepEqual(
    simulator.functions.requests.map(({ path }) => path),
    [PROTECTED, '/open?x=y'],
  );
});

test('pages reach functions on the simulator’s origin', async () => {
  const response = await fetch(`${simulator.url}/__host/${simulator.facts.functionsDomain}/open`, { method: 'POST' });
  assert.equal(response.status, 200);
});
