import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import {
  checkAccount,
  checkCallback,
  checkConfiguration,
  checkEvents,
  checkFunctions,
  checkLimits,
  checkParked,
  checkPlugin,
  checkReach,
  checkSync,
  checkWorkflows,
  duringRemoval,
} from '../../deploy/doctor/checks.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { openAccount } from './support.mjs';

const DOCTOR = 'doctor';
const DEV = ['--environment', 'dev'];
const DOMAIN = 'park-interaction-1234-dev.twil.io';
const HOUR = 3_600_000;

/** Returns the names of the checks in the table of docs/owners.md. */
function documentedChecks() {
  const page = readFileSync(inRoot('docs', 'owners.md'), 'utf8');
  const [, table] = page.match(/^\| check \| an error \| a warning \|\n\| .*\n((?:\|.*\n)+)/m) ?? ['', ''];
  return [...table.matchAll(/^\| `([a-z]+)` \|/gm)].map(([, name]) => name);
}

describe('npm run doctor', () => {
  let account;
  before(async () => {
    account = await openAccount();
  });
  after(() => account.stop());
  let env;
  beforeEach(async () => {
    await account.begin();
    // The account has two Sync services that desktops may use.
    env = { TWILIO_FLEX_SYNC_SID: account.facts.syncServiceSid };
    await account.succeeds('deploy', DEV, { env });
  });
  afterEach(() => account.end());

  /** Runs the doctor. Returns its exit code and its report. */
  async function examine() {
    const { code, output } = await account.run(DOCTOR, [...DEV, '--json'], { env });
    return { code, ...JSON.parse(output.slice(output.search(/^\{$/m))) };
  }

  const bad = ({ findings }) => findings.filter(({ level }) => level !== 'ok');

  /** Changes the flags in the account, as somebody would with another tool. */
  async function setFlags(change) {
    const { uiAttributes } = await account.client.flexApi.v1.configuration().fetch();
    change(uiAttributes.custom_data);
    const body = { account_sid: account.facts.accountSid, ui_attributes: uiAttributes };
    await account.client.flexApi.v1.configuration().update(body);
  }

  async function setWebhook(id, change) {
    const [webhook] = await account.conversation(id).webhooks.list();
    const address = new URL(webhook.configuration.url);
    change(address);
    await account.conversation(id).webhooks(webhook.sid).update({ 'configuration.url': address.href });
  }

  it('finds nothing in a clean account, and changes nothing', async () => {
    await account.parks('charlie');
    await account.control('DELETE', 'journal');
    const { code, level, counts, findings } = await examine();
    assert.deepEqual(bad({ findings }), []);
    assert.deepEqual([code, level, counts], [0, 'ok', { ok: 11, warning: 0, error: 0 }]);
    assert.deepEqual(
      findings.map(({ check }) => check),
      documentedChecks(),
      'the table in docs/owners.md',
    );
    const changes = await account.changes();
    // A request without fields, which the Function refuses.
    assert.deepEqual(
      changes.filter((change) => !/ (\S+)\.twil\.io\/features\/park-interaction\/flex\/park-interaction$/.test(change)),
      [],
    );
    const text = await account.succeeds(DOCTOR, DEV, { env });
    assert.match(text, /^ok {7}account {8}workspace, services and workers are as they should be$/m);
    assert.match(text, /^ok {7}plugin {9}version \d+\.\d+\.\d+ is released, that of this clone$/m);
    assert.match(text, /^11 ok, 0 warnings, 0 errors$/m);
  });

  it('does not end as after warnings where the account cannot be read', async () => {
    const wrong = await account.run(DOCTOR, DEV, { env: { TWILIO_AUTH_TOKEN: '0'.repeat(32) } });
    assert.equal(wrong.code, 2, wrong.output);
    assert.match(wrong.output, /^ {2}Expected: TWILIO_ACCOUNT_SID of the account that has Flex/m);
    const none = await account.run(DOCTOR, ['--simulator'], { env: { PARK_INTERACTION_RUNNING: '/nowhere' } });
    assert.equal(none.code, 2, none.output);
    assert.match(none.output, /^No contact centre runs on this machine/m);
  });

  it('names each of many faults, with the command that mends it', async () => {
    const [charlie, wanda, sam] = [
      await account.parks('charlie'),
      await account.parks('wanda'),
      await account.parks('sam'),
    ];
    const { client } = account;
    const workspace = account.workspace();
    await setFlags((custom) => {
      Object.assign(custom.features.park_interaction, { max_parked: '3', shwo_list: true, queues: ['Nowhere'] });
    });
    await account.control('POST', 'config', {
      workerAttributes: { ben: { config_overrides: { features: { park_interaction: { auto_accept: 1 } } } } },
    });
    const [service] = (await client.serverless.v1.services.list()).filter(({ uniqueName }) => /park/.test(uniqueName));
    const [environment] = await client.serverless.v1.services(service.sid).environments.list();
    const place = client.serverless.v1.services(service.sid).environments(environment.sid);
    const variables = await place.variables.list();
    const { sid } = variables.find(({ key }) => key === 'TWILIO_FLEX_SYNC_SID');
    await place.variables(sid).update({ value: `IS${'0'.repeat(32)}` });
    const configuration = await client.flexApi.v1.pluginConfigurations.create({ name: 'without', plugins: [] });
    await client.flexApi.v1.pluginReleases.create({ configurationId: configuration.sid });
    await workspace.update({ eventCallbackUrl: 'https://theirs.example/events', eventsFilter: 'task.canceled' });
    const [{ sid: subscription }] = await client.events.v1.subscriptions.list();
    await client.events.v1.subscriptions(subscription).subscribedEvents('com.twilio.taskrouter.task.canceled').remove();
    const { sid: nobodys } = await workspace.taskQueues.create({ friendlyName: 'Nobody', targetWorkers: '1==2' });
    await workspace.workflows(account.facts.workflowSid).update({
      configuration: JSON.stringify({
        task_routing: {
          filters: [{ expression: "language == 'tlh'", targets: [{ queue: nobodys }] }],
        },
      }),
    });
    const [webhook] = await account.conversation('charlie').webhooks.list();
    await account.conversation('charlie').webhooks(webhook.sid).remove();
    await setWebhook('wanda', (address) => {
      address.searchParams.set('w', String(Math.floor((Date.now() - HOUR) / 1_000)));
      address.searchParams.set('u', String(Math.floor((Date.now() - HOUR) / 1_000)));
    });
    for (let others = 0; others < 4; others += 1) {
      await account.conversation('sam').webhooks.create({
        target: 'webhook',
        'configuration.url': `https://theirs.example/${others}`,
        'configuration.filters': ['onMessageAdded'],
      });
    }

    const { code, level, findings } = await examine();
    assert.deepEqual([code, level], [2, 'error']);
    const expected = /** @type {[string, string, RegExp, RegExp][]} */ ([
      ['configuration', 'error', /max_parked` is malformed: .* but there is "3"$/, /flex-config -- unset max_parked$/],
      ['configuration', 'warning', /shwo_list` is unknown.*did you mean/, /flex-config -- unset shwo_list$/],
      ['configuration', 'warning', /names the queue `Nowhere`/, /flex-config -- unset queues$/],
      ['configuration', 'error', /^worker ben: .*auto_accept` is malformed/, /unset auto_accept --worker WK/],
      [
        'functions',
        'error',
        /TWILIO_FLEX_SYNC_SID has another value.*expected IS/,
        /npm run deploy -- --environment dev$/,
      ],
      ['plugin', 'error', /no release has it/, /npm run deploy -- --environment dev$/],
      [
        ...['events', 'warning', /not subscribed to com\.twilio\.taskrouter\.task\.canceled: .* does not come again$/],
        /npm run deploy -- --environment dev$/,
      ],
      ['callback', 'warning', /belongs to another program, https:\/\/theirs\.example\/events/, /task-event/],
      ['workflow', 'error', /no filter of the workflow .* takes the task of CH/, /Console, TaskRouter, Workflows/],
      ['workflow', 'warning', /no worker is in the queue Nobody/, /let a worker fit the queue/],
      ['parked', 'error', new RegExp(`no webhook hears the customer: 1: ${charlie}`), /parked -- reconcile$/],
      ['parked', 'error', new RegExp(`time has passed, and no agent is asked: 1: ${wanda}`), /parked -- reconcile$/],
      ['parked', 'error', new RegExp(`wait unheard for more than 5 minutes.* 1: ${wanda}`), /parked -- reconcile$/],
      ['limits', 'warning', new RegExp(`all of 5 webhooks, 1: ${sam}`), /remove webhooks/],
    ]);
    const left = bad({ findings });
    for (const [check, wanted, text, mend] of expected) {
      const at = left.findIndex((one) => one.check === check && one.level === wanted && text.test(one.text));
      assert.ok(at >= 0, `${check} ${wanted} ${text}\n${JSON.stringify(left, null, 1)}`);
      assert.match(left[at].mend, mend);
      left.splice(at, 1);
    }
    assert.deepEqual(left, []);
    const { output } = await account.run(DOCTOR, DEV, { env });
    assert.match(output, /^error {4}plugin .*\n +Mend it: npm run deploy -- --environment dev$/m);
    assert.match(output, /^\d+ ok, 6 warnings, 8 errors$/m);
    for (const { name, address } of account.facts.customers) {
      assert.ok(!output.includes(name) && !output.includes(address), 'no customer is named');
    }
  });

  it('goes on if the Functions do not respond or a check fails', async () => {
    await account.control('POST', 'faults', {
      ...{ host: DOMAIN, kind: 'dropBefore', times: 0 },
    });
    await account.control('POST', 'faults', {
      ...{
        host: 'serverless.twilio.com',
        pathPattern: '/Variables',
        kind: 'status',
        status: 403,
        code: 20003,
        times: 0,
      },
    });
    const { code, findings } = await examine();
    assert.equal(code, 2);
    const [functions, reach, events] = bad({ findings });
    assert.match(functions.text, /^could not be checked: .*Twilio error 20003/);
    assert.match(reach.text, /does not respond/);
    assert.match(events.text, /^could not be checked: .*Twilio error 20003/);
    assert.equal(bad({ findings }).length, 3);
  });

  it('exits with 1 for a warning, and 2 for a wrong command line', async () => {
    await setFlags((custom) => delete custom.features.park_interaction.enabled);
    const { code, counts, findings } = await examine();
    assert.deepEqual([code, counts.warning, counts.error], [1, 1, 0]);
    assert.match(bad({ findings })[0].mend, /^npm run flex-config -- enable$/);
    for (const args of [[], ['--environment'], ['--environmnet', 'dev']]) {
      const { code, output } = await account.run(DOCTOR, args);
      assert.equal(code, 2);
      assert.match(output, /^Example: npm run doctor -- --environment production$/m);
    }
  });
});

describe('a check of the doctor', () => {
  /** @param {any} findings any: one or a list */
  const levels = (findings) => [findings].flat().map(({ level }) => level);
  const ours = { url: 'https://p.twil.io/e', events: ['task.canceled', 'task.completed'] };
  const filter = ours.events.join(',');

  it('judges the account', () => {
    assert.deepEqual(levels(checkAccount({ problems: [], warnings: [] })), ['ok']);
    assert.deepEqual(levels(checkAccount({ problems: ['a'], warnings: ['b'] })), ['error', 'warning']);
  });

  it('judges the flags', () => {
    assert.deepEqual(levels(checkConfiguration({ enabled: true, findings: [] }, 'dev')), ['ok']);
    assert.deepEqual(levels(checkConfiguration({ enabled: false, findings: [] }, 'dev')), ['warning']);
    const finding = {
      ...{ severity: /** @type {const} */ ('error'), place: 'p', what: 'w' },
      mend: 'npm run deploy -- --environment NAME',
    };
    const [found] = checkConfiguration({ enabled: false, findings: [finding] }, 'dev');
    assert.deepEqual([found.level, found.mend], ['error', 'npm run deploy -- --environment dev']);
  });

  it('judges the Functions', () => {
    const mark = '/features/park-interaction/deployed/1.txt';
    const state = {
      ...{ environment: 'dev', domain: 'd', mark, wanted: { set: { A: '1' }, unset: [] }, variables: { A: '1' } },
      found: { domain: 'd', paths: [mark] },
    };
    assert.deepEqual(levels(checkFunctions(state)), ['ok']);
    for (const [change, level, text] of /** @type {[object, string, RegExp][]} */ ([
      [{ found: undefined }, 'error', /no Functions for the environment dev/],
      [{ domain: 'other' }, 'error', /calls other, and the Functions are at d/],
      [{ domain: undefined }, 'error', /names no domain/],
      [{ mark: '/features/park-interaction/deployed/2.txt' }, 'warning', /another version/],
      [{ found: { domain: 'd', paths: [] } }, 'warning', /nothing says which version/],
      [{ variables: {} }, 'error', /A is not set: expected 1/],
    ])) {
      const [finding, ...others] = checkFunctions({ ...state, ...change });
      assert.deepEqual([finding.level, others], [level, []]);
      assert.match(finding.text, text);
      assert.equal(finding.mend, 'npm run deploy -- --environment dev');
    }
    const [begun] = checkFunctions({ ...state, found: { domain: 'd', paths: [] }, isClosed: true });
    assert.equal(begun.level, 'error');
    assert.match(String(begun.mend), /undeploy -- --environment dev goes on; .* goes back into service$/);
    const [notCalled] = checkFunctions({ ...state, domain: 'other', live: { name: 'two' } });
    assert.match(notCalled.text, /^Flex calls the Functions of two, not those at d/);
    assert.match(String(notCalled.mend), /undeploy -- --environment dev/);
  });

  it('does not bring back into service what is being removed', () => {
    const off = checkConfiguration({ enabled: false, findings: [] }, 'dev');
    const noPlugin = checkPlugin({ own: '1.0.0', isRegistered: false, released: undefined, mark: undefined }, 'dev');
    for (const { level, mend } of duringRemoval([...off, noPlugin], 'dev')) {
      assert.notEqual(level, 'ok');
      assert.equal(mend, 'npm run undeploy -- --environment dev goes on');
    }
  });

  it('judges the reach of the Functions', () => {
    const reach = (...answers) => checkReach({ domain: 'd', answers }, 'dev').level;
    assert.equal(reach({ status: 400, ms: 900 }, { status: 400, ms: 30 }), 'ok');
    assert.equal(reach({ status: 400, ms: 3_000 }, { status: 400, ms: 2_500 }), 'warning');
    assert.equal(reach({ status: 404, ms: 1 }, { status: 404, ms: 1 }), 'error');
    assert.equal(reach({ message: 'no', ms: 1 }, { message: 'no', ms: 1 }), 'error');
  });

  it('judges the plugin', () => {
    const changelog = 'Park Interaction 0.1.0, sha256 a';
    const good = { own: '0.1.0', isRegistered: true, released: { version: '0.1.3', changelog }, mark: 'sha256 a' };
    const level = (change) => checkPlugin({ ...good, ...change }, 'dev').level;
    assert.equal(level({}), 'ok');
    assert.equal(level({ mark: undefined }), 'ok', 'without a bundle, the version decides');
    assert.equal(level({ mark: 'sha256 b' }), 'warning');
    assert.equal(level({ mark: undefined, own: '0.2.0' }), 'warning');
    assert.equal(level({ released: undefined }), 'error');
    assert.equal(level({ isRegistered: false, released: undefined }), 'error');
  });

  it('judges the Sync service', () => {
    const service = { sid: 'IS1', friendlyName: 'Default Service', aclEnabled: false };
    assert.match(checkSync(service).text, /every Flex token of the account can read every list$/);
    const listed = checkSync({ ...service, aclEnabled: true });
    assert.equal(listed.level, 'ok');
    assert.match(listed.text, /permissions from the Function$/);
    assert.equal(checkSync(undefined).level, 'error');
  });

  it('judges the event callback', () => {
    const of = (workspace, rest = {}) =>
      checkCallback(workspace, ours, 'dev', { isStreamed: false, isWanted: true, ...rest });
    const level = (workspace, isStreamed = false) => of(workspace, { isStreamed }).level;
    assert.equal(level({ current: ours.url, filter }), 'ok');
    assert.equal(level({ current: ours.url, filter: '' }), 'ok', 'no filter means every event');
    const lacking = of({ current: ours.url, filter: 'task.canceled' }, { isStreamed: true });
    assert.match(lacking.text, /lacks events, it has task\.canceled/);
    assert.match(of({}).text, /has no event callback/);
    assert.match(String(of({}, { isWanted: false }).mend), /deploy -- --environment dev --event-callback$/);
    const foreign = of({ current: 'https://example.com/', filter });
    assert.equal(foreign.level, 'warning');
    assert.match(String(foreign.mend), /let it pass on task\.canceled, task\.completed to https:\/\/p\.twil\.io\/e/);
    assert.equal(level({ current: 'https://example.com/', filter }, true), 'ok', 'Event Streams does it');
    assert.equal(level({}, true), 'ok');
    const other = 'https://former.twil.io/features/park-interaction/common/task-event';
    assert.equal(level({ current: other }, true), 'warning', 'it calls Functions for nothing');
    assert.equal(of({ current: other }, { live: { name: 'two' } }).level, 'ok', 'it is that of two');
  });

  it('judges Event Streams', () => {
    const url = 'https://p.twil.io/features/park-interaction/common/events';
    const stream = { url, types: ['a', 'b'] };
    const key = 'k'.repeat(32);
    const sink = {
      ...{ sid: 'DG1', description: 'made by hand', status: 'active', method: 'POST', isBatching: false },
      destination: url.replace('://', `://park-interaction:${key}@`),
      subscriptions: [{ sid: 'DF1', types: ['a', 'b', 'c'] }],
    };
    const of = (change, rest = {}) =>
      checkEvents(
        { sinks: [{ ...sink, ...change }], ours: stream, key, needsKey: true, isWanted: true, ...rest },
        'dev',
      );
    assert.equal(of({}).level, 'ok');
    assert.equal(of({}, { key: undefined, needsKey: false }).level, 'ok', 'npm start has no variables');
    assert.equal(of({}, { sinks: [], isWanted: false }).level, 'ok', 'the owner has left it out');
    for (const [change, rest, text] of /** @type {[object, object, RegExp][]} */ ([
      [{}, { sinks: [] }, /has no sink for https:\/\/p\.twil\.io/],
      [{ destination: url.replace('p.twil', 'q.twil') }, {}, /has no sink for/],
      [{ status: 'failed' }, {}, /DG1 of Event Streams has failed/],
      [{}, { key: 'l'.repeat(32) }, /has another key/],
      [{ destination: url }, {}, /has another key/],
      [{}, { key: undefined }, /have no PARK_INTERACTION_EVENTS_KEY/],
      [{ method: 'GET' }, {}, /or another method/],
      [{ subscriptions: [] }, {}, /not subscribed to a, b/],
      [{ subscriptions: [{ sid: 'DF1', types: ['a'] }] }, {}, /not subscribed to b/],
      [{}, { sinks: [sink, { ...sink, sid: 'DG2' }] }, /besides DG1, these sinks post to the same Function: DG2/],
      [{}, { sinks: undefined, refusal: 'Forbidden' }, /Twilio refuses Event Streams \(Forbidden\)/],
    ])) {
      const finding = of(change, rest);
      assert.equal(finding.level, 'warning', String(text));
      assert.match(finding.text, text);
      assert.ok(!JSON.stringify(finding).includes(key), 'the key is named nowhere');
      if (!('refusal' in rest)) assert.equal(finding.mend, 'npm run deploy -- --environment dev');
    }
  });

  it('judges workflows', () => {
    const queue = { sid: 'WQ1', name: 'Everyone', hasStaff: true };
    const good = { sid: 'WW1', name: 'Assign', judged: { queues: ['WQ1'], unmatched: [] }, queues: [queue] };
    const of = (change) => levels(checkWorkflows([{ ...good, ...change }]));
    assert.deepEqual(of({}), ['ok']);
    assert.deepEqual(of({ name: undefined, judged: undefined, queues: [] }), ['error']);
    assert.deepEqual(of({ judged: undefined, queues: [] }), ['warning']);
    assert.deepEqual(of({ judged: { queues: [], unmatched: ['CH1'] } }), ['error']);
    assert.deepEqual(of({ queues: [{ ...queue, hasStaff: false }] }), ['warning']);
    assert.deepEqual(of({ queues: [{ sid: 'WQ1', hasStaff: false }] }), ['error']);
  });

  it('judges parked conversations', () => {
    const now = 10 * HOUR;
    const one = { conversationSid: 'CH1', unheardSince: null, notes: [] };
    const of = (change, offered = new Set()) => levels(checkParked([{ ...one, ...change }], offered, now));
    assert.deepEqual(levels(checkParked([], new Set(), now)), ['ok']);
    assert.deepEqual(of({}), ['ok']);
    for (const [kind, level] of [
      ['noWebhook', 'error'],
      ['formerDomain', 'error'],
      ['unverified', 'error'],
      ['overdue', 'error'],
      ['secondWebhook', 'warning'],
      ['damaged', 'warning'],
      ['parkedWithAnother', 'warning'],
      ['otherFlow', 'warning'],
    ]) {
      assert.deepEqual(of({ notes: [{ kind }] }), [level], kind);
    }
    assert.deepEqual(of({ unheardSince: now - HOUR }), ['error']);
    assert.deepEqual(of({ unheardSince: now - HOUR }, new Set(['CH1'])), ['ok'], 'an agent is asked');
    assert.deepEqual(of({ unheardSince: now - 60_000 }), ['ok'], 'the next invite may follow');
  });

  it('judges limits', () => {
    const one = { conversationSid: 'CH1', attributes: '{}', webhooks: [{}], workerSid: 'WK1' };
    assert.deepEqual(levels(checkLimits([one])), ['ok']);
    assert.deepEqual(levels(checkLimits([{ ...one, webhooks: Array(5).fill({}) }])), ['warning']);
    assert.deepEqual(levels(checkLimits([{ ...one, attributes: 'é'.repeat(7_000) }])), ['warning']);
    const [many] = checkLimits(Array.from({ length: 5_000 }, () => ({ ...one, workerName: 'ada' })));
    assert.match(many.text, /^ada has 5000 parked conversations/);
  });
});
