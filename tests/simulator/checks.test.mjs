import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { openSimulator } from './support.mjs';

// These tests send unknown requests on purpose, and clear `unknown` afterwards.

let simulator;
before(async () => (simulator = await openSimulator('checks')));
beforeEach(() => simulator.begin());
after(() => simulator?.stop());

const CONVERSATIONS = 'https://conversations.twilio.com/v1/Conversations';
const unknown = () => simulator.control('GET', 'unknown');

test('unknown parameters are refused and noted', async () => {
  const { status, body } = await simulator.raw('POST', CONVERSATIONS, { form: { FriendlyNam: 'x' } });
  assert.equal(status, 400);
  assert.match(body.message, /FriendlyNam is not a parameter/);
  assert.match((await unknown())[0].reason, /FriendlyNam/);
  assert.equal((await simulator.client.conversations.v1.conversations.list()).length, 3, 'nothing was made');
});

test('missing and invalid parameters are refused', async () => {
  const { conversationSid, interactionSid, channelSid } = simulator.customer('charlie');
  const flex = 'https://flex-api.twilio.com/v1/Interactions';
  for (const [method, url, form, message] of /** @type {[string, string, object | undefined, RegExp][]} */ ([
    ['POST', `${CONVERSATIONS}/${conversationSid}/Webhooks`, {}, /Target is required/],
    ['GET', `${flex}/${channelSid}/Channels/${interactionSid}/Participants`, undefined, /Sid is not valid/],
    ['GET', `${CONVERSATIONS}?PageSize=5000`, undefined, /PageSize is not valid/],
    ['POST', `${CONVERSATIONS}/${conversationSid}`, { State: 'asleep' }, /State is not valid/],
  ])) {
    const { status, body } = await simulator.raw(method, url, { form });
    assert.equal(status, 400, url);
    assert.match(body.message, message);
  }
  assert.equal((await unknown()).length, 4);
});

test('invalid webhooks have their own error codes', async () => {
  const { conversationSid } = simulator.customer('charlie');
  const url = `${CONVERSATIONS}/${conversationSid}/Webhooks`;
  const refusal = async (method, path, form) => {
    const { status, body } = await simulator.raw(method, `${url}${path}`, { form });
    return [status, body.code];
  };
  assert.deepEqual(await refusal('POST', '', { Target: 'email' }), [400, 50364]);
  assert.deepEqual(await refusal('POST', '', {}), [400, 50368]);
  assert.deepEqual(await refusal('POST', '', { Target: 'studio', 'Configuration.FlowSid': 'FW1' }), [400, 50367]);
  assert.deepEqual(await refusal('GET', '/WH1'), [400, 50363]);
  assert.deepEqual(await refusal('DELETE', `/${conversationSid}`), [400, 50363]);
});

test('unknown paths get 404, paths that are not imitated 501', async () => {
  const nowhere = await simulator.raw('GET', 'https://conversations.twilio.com/v1/Conversation');
  assert.deepEqual([nowhere.status, nowhere.body.code], [404, 20404]);
  const unbuilt = await simulator.raw('GET', 'https://conversations.twilio.com/v1/Roles');
  assert.equal(unbuilt.status, 501);
  const elsewhere = await simulator.raw('GET', 'https://api.twilio.com/2010-04-01/Accounts.json');
  assert.equal(elsewhere.status, 501);
  assert.deepEqual(
    (await unknown()).map(({ path }) => path),
    ['/v1/Conversation', '/v1/Roles', '/2010-04-01/Accounts.json'],
  );
});

test('requests without the password are refused', async () => {
  for (const auth of ['', `${simulator.facts.accountSid}:wrong`]) {
    const { status, body } = await simulator.raw('GET', CONVERSATIONS, { auth });
    assert.deepEqual([status, body.code], [401, 20003]);
  }
});

test('tokens are valid until they expire', async () => {
  const { token, workerSid } = simulator.agent('ada');
  const url = `https://iam.twilio.com/v1/Accounts/${simulator.facts.accountSid}/Tokens/validate`;
  const check = async (json) => (await simulator.raw('POST', url, { json })).body;
  const valid = await check({ token });
  assert.deepEqual([valid.valid, valid.identity, valid.worker_sid, valid.roles], [true, 'ada', workerSid, ['agent']]);
  assert.equal((await check({ token: 'made-up' })).valid, false);
  const short = await simulator.control('POST', 'tokens', { identity: 'ada', lifeMs: 1000 });
  assert.equal((await check({ token: short.token })).valid, true);
  await simulator.control('POST', 'clock', { advanceMs: 1000 });
  assert.equal((await check({ token: short.token })).valid, false);
  await simulator.control('POST', 'tokens', { expireAllOf: 'ada' });
  assert.equal((await check({ token })).valid, false);
});
