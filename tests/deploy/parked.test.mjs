import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { openAccount } from './support.mjs';

const PARKED = 'parked';

describe('npm run parked', () => {
  let account;
  before(async () => {
    account = await openAccount();
  });
  after(() => account.stop());
  beforeEach(() => account.begin());
  afterEach(() => account.end());

  const list = async () => inJson(await account.succeeds(PARKED, ['list', '--json']));

  /** What a command told as JSON, beside what it told people. */
  const inJson = (output) => JSON.parse(output.slice(output.search(/^[[{]/m)));

  const conversation = (sid) => account.client.conversations.v1.conversations(sid);

  async function disarm(sid) {
    const [{ sid: webhook }] = await conversation(sid).webhooks.list();
    await conversation(sid).webhooks(webhook).remove();
  }

  /** Whoever is asked to take a conversation accepts, and their plugin settles. */
  async function isAccepted(id) {
    const { conversationSid, interactionSid, channelSid } = account.facts.customers.find((known) => known.id === id);
    const { tasks, reservations } = await account.control('GET', 'world');
    const offer = reservations.find(
      ({ task_sid: sid, reservation_status: status }) =>
        status === 'pending' &&
        tasks.find((task) => task.sid === sid).attributes.flexInteractionChannelSid === channelSid,
    );
    await account.control('POST', `reservations/${offer.sid}`, { status: 'accepted' });
    const { token } = account.facts.agents.find(({ workerSid }) => workerSid === offer.worker_sid);
    const url = `https://${account.facts.functionsDomain}/features/park-interaction/flex/settle-interaction`;
    const body = new URLSearchParams({ Token: token, conversationSid, interactionSid, channelSid });
    const answer = await (await fetch(url, { method: 'POST', body })).json();
    assert.equal(answer.outcome, 'settled');
  }

  it('says that nothing is parked', async () => {
    assert.match(await account.succeeds(PARKED, ['list']), /^Nothing is parked\.$/m);
    assert.deepEqual(await list(), []);
  });

  it('lists what is parked: by whom, where from, whom the webhook tells, whether the row is there', async () => {
    const [charlie, wanda] = [await account.parks('charlie'), await account.parks('wanda')];
    await disarm(wanda);
    const { syncMaps } = account.client.sync.v1.services(account.facts.syncServiceSid);
    const { workerSid } = account.facts.agents.find(({ identity }) => identity === 'ada');
    await syncMaps(`ParkedInteractions_${workerSid}`).syncMapItems(charlie).remove();

    const told = Object.fromEntries((await list()).map(({ parkedAt, ...one }) => [one.conversationSid, one]));
    const same = { workerSid, workerName: 'ada', queueName: 'Everyone', damage: null };
    assert.deepEqual(told, {
      [charlie]: { ...same, conversationSid: charlie, channel: 'web', webhook: { tells: 'function' }, row: 'missing' },
      [wanda]: { ...same, conversationSid: wanda, channel: 'whatsapp', webhook: { tells: 'nobody' }, row: 'there' },
    });
    const table = await account.succeeds(PARKED, ['list']);
    assert.match(table, new RegExp(`^${charlie}  ada +0 min  Everyone  web +armed +gone$`, 'm'));
    assert.match(table, new RegExp(`^${wanda}  ada +0 min  Everyone  whatsapp +MISSING +there$`, 'm'));
    for (const { name, address } of account.facts.customers) {
      assert.ok(!table.includes(name) && !table.includes(address), 'no customer is named');
    }
    assert.deepEqual(
      (await account.changes()).filter((change) => change.includes('twilio.com') && /DELETE|Attributes/.test(change))
        .length,
      2,
      'listing changes nothing: the two are this test’s own',
    );
  });

  it('lets the Functions mend what is missing, page after page', async () => {
    const wanda = await account.parks('wanda');
    await disarm(wanda);
    const output = await account.succeeds(PARKED, ['reconcile']);
    assert.match(
      output,
      new RegExp(`^${wanda}  restored\\nLooked at conversations and rows: \\d+, with something to do: 1\\.$`, 'm'),
    );
    assert.deepEqual(
      (await list()).map(({ webhook }) => webhook),
      [{ tells: 'function' }],
    );
    assert.deepEqual(inJson(await account.succeeds(PARKED, ['reconcile', '--json'])).changed, []);
  });

  it('releases all that is parked, and says how many wait for an agent', async () => {
    const sids = [await account.parks('charlie'), await account.parks('wanda')];
    const output = await account.succeeds(PARKED, ['release']);
    for (const sid of sids) assert.match(output, new RegExp(`^${sid}  routed$`, 'm'));
    assert.match(output, /^Waiting for an agent to join: 2\.$/m);
    await isAccepted('charlie');
    const again = inJson(await account.succeeds(PARKED, ['release', '--json']));
    assert.deepEqual([again.changed, again.parked], [[], 1]);
  });

  it('is what an undeployment asks for, which goes through once all have joined', async () => {
    await account.succeeds('deploy', ['--environment', 'dev']);
    await account.parks('charlie');
    const refused = await account.run('undeploy', ['--environment', 'dev']);
    assert.equal(refused.code, 4);
    assert.match(refused.output, /npm run parked -- release/);
    assert.match(await account.succeeds(PARKED, ['release']), /^Waiting for an agent to join: 1/m);
    await isAccepted('charlie');
    assert.match(await account.succeeds('undeploy', ['--environment', 'dev']), /Functions\s+removed/);
  });

  it('fails when a conversation could not be dealt with, and names why', async () => {
    const charlie = await account.parks('charlie');
    await account.control('POST', 'faults', {
      ...{ method: 'POST', pathPattern: '/Invites$', kind: 'status', status: 400, code: 20001, times: 0 },
    });
    const { code, output } = await account.run(PARKED, ['release']);
    assert.equal(code, 1, output);
    assert.match(output, new RegExp(`^${charlie}  twilioUnavailable$`, 'm'));
    assert.match(output, /^Not dealt with: 1\./m);
  });

  it('says where the Functions should be when they do not answer', async () => {
    await account.control('POST', 'faults', { host: account.facts.functionsDomain, kind: 'dropBefore', times: 0 });
    const { code, output } = await account.run(PARKED, ['reconcile']);
    assert.equal(code, 3, output);
    assert.ok(output.includes(`https://${account.facts.functionsDomain}/features/park-interaction/common/reconcile`));
  });

  it('needs the Auth Token for what it signs, and asks nothing without it', async () => {
    const env = {
      TWILIO_AUTH_TOKEN: '',
      TWILIO_API_KEY: `SK${'1'.repeat(32)}`,
      TWILIO_API_SECRET: 'made up',
    };
    for (const command of ['reconcile', 'release']) {
      const { code, output } = await account.run(PARKED, [command], { env });
      assert.equal(code, 2, output);
      assert.match(output, /TWILIO_AUTH_TOKEN is not set/);
    }
    const { requests } = await account.control('GET', 'journal');
    assert.deepEqual(requests, []);
  });

  it('explains itself, and refuses what it does not know', async () => {
    assert.match(await account.succeeds(PARKED, ['--help']), /Exit codes:/);
    for (const args of [[], ['unpark'], ['list', '--all'], ['constructor']]) {
      assert.equal((await account.run(PARKED, args)).code, 2, args.join(' '));
    }
  });
});
