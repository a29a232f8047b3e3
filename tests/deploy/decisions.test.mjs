import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';

import { callbackOf, decideCallback, decideCallbackRemoval } from '../../deploy/callback.mjs';
import { credentials } from '../../deploy/credentials.mjs';
import { whyNotMove } from '../../deploy/domain.mjs';
import { decideStreams } from '../../deploy/event-streams.mjs';
import { expectedContactUri, fitsIdentity } from '../../deploy/identity.mjs';
import { imaginedAccount } from '../../deploy/imagined.mjs';
import { chooseSync, judge } from '../../deploy/judgement.mjs';
import { nextVersion, registeredWith, releaseOf } from '../../deploy/release.mjs';
import { waitBeforeNext } from '../../deploy/repeat.mjs';
import { shown } from '../../deploy/shown.mjs';
import { connect } from '../../deploy/transport.mjs';
import { variables } from '../../deploy/variables.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { known } from '../support/known.mjs';

const sid = (prefix, number = 1) => `${prefix}${String(number).padStart(32, '0')}`;

describe('a sink of Event Streams', () => {
  const key = 'k'.repeat(40);
  const url = 'https://park-interaction-1.twil.io/features/park-interaction/common/events';
  const decide = (destination) =>
    decideStreams(
      [
        {
          ...{ sid: sid('DG'), description: 'by hand', status: 'active', destination, method: 'POST' },
          ...{ isBatching: false, subscriptions: [{ sid: sid('DF'), types: ['a'] }] },
        },
      ],
      { url, types: ['a'] },
      key,
    );

  it('is kept only if the Function takes what it sends', () => {
    const ours = url.replace('://', `://park-interaction:${key}@`);
    assert.equal(decide(ours).kept?.sid, sid('DG'));
    for (const refused of [
      `${ours}?for=reports`,
      `${ours}#reports`,
      ours.replace('https:', 'http:'),
      ours.replace('park-interaction:', 'somebody:'),
      ours.replace('kkk', 'kki'),
    ]) {
      const { kept, missing, surplus } = decide(refused);
      assert.deepEqual([kept, missing, surplus.length], [undefined, ['a'], 1], refused);
    }
  });
});

it("shows no secret that Twilio's refusal quotes", async () => {
  const secret = 'k'.repeat(40);
  const server = createServer((request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ code: 20001, message: `Invalid destination https://park-interaction:${secret}@x` }));
  }).listen(0, '127.0.0.1');
  // A failed test must not wait for it.
  server.unref();
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const credentials = { accountSid: sid('AC'), username: sid('AC'), password: 'token' };
  const { client } = connect(credentials, { print: () => {}, secrets: [secret] });
  const uri = `http://127.0.0.1:${port}/v1/Sinks`;
  await assert.rejects(client.request({ method: 'post', uri, data: { Destination: secret } }), {
    message: 'Invalid destination https://park-interaction:***@x',
    code: 20001,
  });
  server.close();
});

describe("TaskRouter's event callback", () => {
  const own = callbackOf('park-interaction-1234-dev.twil.io');
  const other = callbackOf('park-interaction-1234-old.twil.io');
  const all = own.events.join(',');

  it('is set if it is free, for every event of the core', () => {
    const change = { eventCallbackUrl: own.url, eventsFilter: all };
    assert.deepEqual(decideCallback({ current: undefined }, own), { change });
    assert.ok(own.events.includes('task.canceled') && own.events.length > 1, all);
  });

  it('is kept if it is ours, with all our events or more', () => {
    for (const filter of [all, `task.created,${all}`, ` ${own.events.toReversed().join(' , ')} `, '', undefined]) {
      assert.deepEqual(decideCallback({ current: own.url, filter }, own), {}, filter);
    }
  });

  it('gets the missing events if it is ours', () => {
    const missing = own.events.filter((event) => event !== 'task.canceled');
    for (const [filter, rest] of /** @type {[string, string[]][]} */ ([
      ['task.canceled', missing],
      ['task.created, task.canceled', missing],
      ['task.created,worker.created', own.events],
    ])) {
      const eventsFilter = [...filter.split(',').map((event) => event.trim()), ...rest].join(',');
      const change = { eventCallbackUrl: own.url, eventsFilter };
      assert.deepEqual(decideCallback({ current: own.url, filter }, own), { change });
    }
  });

  it("is taken over from another environment's Functions", () => {
    const { change } = decideCallback({ current: other.url, filter: 'task.canceled' }, own);
    assert.deepEqual(change, { eventCallbackUrl: own.url, eventsFilter: all });
  });

  it('is kept if it belongs to somebody else', () => {
    const { pathname } = new URL(own.url);
    for (const current of [
      'https://reports.example.com/task-events',
      'https://reports-1234.twil.io/events',
      `https://reports.example.com${pathname}`,
      `https://park-interaction.twil.io.example.com${pathname}`,
      `${own.url}?for=reports`,
      'not an address',
    ]) {
      assert.deepEqual(decideCallback({ current, filter: 'task.canceled' }, own), { foreign: current });
      assert.deepEqual(decideCallbackRemoval({ current }, own), {});
    }
  });

  it('is removed only if it is ours', () => {
    const change = { eventCallbackUrl: '', eventsFilter: '' };
    assert.deepEqual(decideCallbackRemoval({ current: own.url }, own), { change });
    assert.deepEqual(decideCallbackRemoval({ current: other.url }, own), {});
    assert.deepEqual(decideCallbackRemoval({ current: undefined }, own), {});
  });

  it('has the same events in the documentation', () => {
    const path = new URL(own.url).pathname;
    for (const page of ['docs/install.md', 'docs/operations.md']) {
      const text = readFileSync(inRoot(page), 'utf8');
      for (const part of [path, ...own.events]) assert.ok(text.includes(part), `${page} does not name ${part}`);
    }
  });
});

describe("a worker's contact_uri", () => {
  const worker = (friendlyName, contactUri, email) => ({
    friendlyName,
    attributes: { contact_uri: contactUri, ...(email && { email }) },
  });

  it('fits in every known form of an identity', () => {
    for (const [name, contactUri, email] of [
      ['ben', 'client:ben'],
      ['ben', 'ben'],
      ['ben', 'client:Ben'],
      ['Ben', 'CLIENT:ben'],
      ['ben@example.com', 'client:ben_40example_2Ecom'],
      ['ben@example.com', 'client:ben_40example_2ecom'],
      ['ben@example.com', 'client:ben%40example.com'],
      ['ben@example.com', 'client:ben%40example%2Ecom'],
      ['ben@example.com', 'client:ben@example.com'],
      ['Ben Agent', 'client:ben_40example_2Ecom', 'ben@example.com'],
      ['Zoë', 'client:Zo_C3_AB'],
      ['ann-marie_1', 'client:ann_2Dmarie_5F1'],
    ]) {
      assert.ok(fitsIdentity(worker(name, contactUri, email)), `${contactUri} for ${name}`);
    }
  });

  it('does not fit another worker', () => {
    for (const [name, contactUri, email] of [
      ['ben', 'client:benny'],
      ['ben@example.com', 'client:ben'],
      ['ben@example.com', 'client:ben_40example_2Eorg'],
      ['Ben Agent', 'client:ben', 'ben@example.com'],
      ['ben', ''],
      ['ben', 7],
      ['ben', null],
      ['', 'client:', ''],
    ]) {
      assert.ok(!fitsIdentity(worker(name, contactUri, email)), `${contactUri} for ${name}`);
    }
  });

  it('is expected as Flex derives it from the email address', () => {
    assert.equal(expectedContactUri(worker('Ben Agent', '', 'ben@example.com')), 'client:ben_40example_2Ecom');
    assert.equal(expectedContactUri(worker('ben', '')), 'client:ben');
  });
});

describe('the account', () => {
  const good = {
    workspaceSid: sid('WS'),
    workspace: {},
    workers: [{ friendlyName: 'ada', attributes: '{"contact_uri":"client:ada","roles":["agent"]}' }],
    syncServices: [{ sid: sid('IS', 2), friendlyName: 'Flex Sync' }],
    flexSyncSid: sid('IS', 2),
    flexChatSid: sid('IS', 1),
    defaultChatSid: sid('IS', 1),
    agentConvEndMethods: undefined,
  };
  /**
   * Judges an account that differs from that.
   *
   * @param {object} [change]
   */
  // The account has only the fields that are read.
  const judged = (change) => judge(/** @type {import('../../deploy/account.mjs').Account} */ ({ ...good, ...change }));

  it('is ready after the setup of Flex', () => {
    assert.deepEqual(judged(), {
      problems: [],
      warnings: [],
      facts: { workspaceSid: sid('WS'), syncSid: sid('IS', 2) },
    });
  });

  it('is not ready with a missing or foreign resource', () => {
    for (const [change, expected] of /** @type {[object, RegExp][]} */ ([
      [{ workspaceSid: undefined, workspace: undefined }, /TWILIO_FLEX_WORKSPACE_SID/],
      [{ workspace: undefined }, /WS0+1 is not in this account/],
      [{ flexSyncSid: undefined }, /set TWILIO_FLEX_SYNC_SID. There are: IS0+2 \(Flex Sync\)/],
      [{ defaultChatSid: sid('IS', 9) }, /IS0+1, but the account's default is IS0+9/],
    ])) {
      const { problems } = judged(change);
      assert.equal(problems.length, 1);
      assert.match(problems[0], expected);
    }
  });

  it('is ready with warnings about limitations', () => {
    const evelyn = '{"contact_uri":"client:evelyn","roles":["agent"]}';
    for (const [change, expected] of /** @type {[object, RegExp][]} */ ([
      [{ workers: [] }, /no workers/],
      [
        { workers: [{ friendlyName: 'eve', attributes: '{"roles":["agent"]}' }] },
        /contact_uri: eve;.*when they sign in/,
      ],
      [{ workers: [{ friendlyName: 'eve', attributes: '{"contact_uri":"client:eve"}' }] }, /roles: eve;/],
      [
        { workers: [{ friendlyName: 'eve', attributes: evelyn }] },
        /fits neither .*: eve \(client:evelyn, expected client:eve\); .*may count as the customer’s.*mend it in the Console/,
      ],
      [{ closedTimer: 'P1D' }, /close after P1D without a message.*never comes back/],
    ])) {
      const { problems, warnings } = judged(change);
      assert.deepEqual(problems, []);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0], expected);
    }
  });

  it("has a warning about Flex's own Leave", () => {
    const { warnings } = judged({ agentConvEndMethods: { enabled: true } });
    assert.equal(warnings.length, 1);
    for (const part of [
      /Twilio makes a new task for a conversation that was left/,
      /Both make one only where .* its parked state was not removed, and its agent then clicked Leave/,
      /npm run parked -- reconcile/,
      /switch Leave off/,
    ]) {
      assert.match(warnings[0], part);
    }
    assert.doesNotMatch(warnings[0], /only a parked one wakes/);
    assert.deepEqual(judged({ agentConvEndMethods: { enabled: false } }).warnings, []);
  });

  it("has a warning about the template's feature", () => {
    const [plugin, domain] = ['plugin-flex-ts-template-v2', 'template-1234-dev.twil.io'];
    for (const [template, signs] of /** @type {[object, RegExp][]} */ ([
      [{ plugin }, /: the plugin plugin-flex-ts-template-v2 is active\. /],
      [{ domain }, /: its Functions are at template-1234-dev\.twil\.io\. /],
      [{ plugin, domain }, /v2 is active, and its Functions are at template-1234-dev\.twil\.io\. /],
    ])) {
      const { warnings } = judged({ template });
      assert.equal(warnings.length, 1);
      assert.match(warnings[0], signs);
      assert.match(warnings[0], /two Park buttons.*docs\/template\.md/);
    }
    assert.deepEqual(judged({ template: {} }).warnings, []);
  });

  it('has warnings with at most a few workers', () => {
    const workers = ['a', 'b', 'c', 'd', 'e'].map((friendlyName) => ({ friendlyName, attributes: 'broken' }));
    const { warnings } = judged({ workers });
    assert.match(warnings[0], /contact_uri: a, b, c and others;/);
  });

  describe('has a Sync service', () => {
    const services = [
      { sid: sid('IS', 1), friendlyName: 'Flex Service' },
      { sid: sid('IS', 2), friendlyName: 'Default Service' },
      { sid: sid('IS', 3), friendlyName: 'Theirs' },
    ];
    const choose = (syncServices, flexSyncSid, givenSyncSid) => chooseSync({ syncServices, flexSyncSid, givenSyncSid });

    it("the account's default, with a warning if there are two", () => {
      const both = choose(services, sid('IS', 1));
      assert.equal(both.sid, sid('IS', 2));
      assert.match(
        both.warning ?? '',
        /IS0+2 \(Default Service\) is taken.*TWILIO_FLEX_SYNC_SID to IS0+1 \(Flex Service\)/,
      );
      assert.deepEqual(choose(services, sid('IS', 2)), { sid: sid('IS', 2) });
      assert.deepEqual(choose(services, undefined), { sid: sid('IS', 2) });
    });

    it("that of Flex's configuration without a default", () => {
      assert.deepEqual(choose([services[0], services[2]], sid('IS', 1)), { sid: sid('IS', 1) });
      assert.match(choose([services[2]], undefined).problem ?? '', /There are: IS0+3 \(Theirs\)/);
    });

    it('the given one, with a warning if desktops do not use it', () => {
      for (const given of [sid('IS', 1), sid('IS', 2)]) {
        assert.deepEqual(choose(services, sid('IS', 1), given), { sid: given });
      }
      const other = choose(services, sid('IS', 1), sid('IS', 3));
      assert.equal(other.sid, sid('IS', 3));
      assert.match(other.warning ?? '', /not a service that Flex's desktops use, IS0+2 .*, IS0+1 .*stays empty/);
      assert.match(choose(services, sid('IS', 1), sid('IS', 9)).problem ?? '', /IS0+9 is not in/);
    });
  });
});

describe("the domain in Flex's configuration", () => {
  const theirs = {
    serverless_functions_domain: 'template-1-dev.twil.io',
    features: { park_interaction: {}, chat_transfer: { enabled: true } },
  };

  it('is not taken from other features', () => {
    assert.match(whyNotMove(theirs, ['ours-1-dev.twil.io']) ?? '', /template-1-dev\.twil\.io.*: chat_transfer\./);
  });

  it('is set if it is empty, ours, or not used', () => {
    for (const [
      customData,
      own,
    ] of /** @type {[import('../../deploy/domain.mjs').CustomData | undefined, string[]][]} */ ([
      [undefined, []],
      [{ features: theirs.features }, []],
      [theirs, ['template-1-dev.twil.io']],
      [{ ...theirs, features: { park_interaction: {}, chat_transfer: { enabled: false } } }, []],
      [{ ...theirs, features: undefined }, []],
    ])) {
      assert.equal(whyNotMove(customData, own), undefined);
    }
  });
});

describe("the Functions' variables", () => {
  it('are those of the account, or else of the environment', () => {
    const names = ['ACCOUNT_SID', 'AUTH_TOKEN', 'FOUND', 'SET', 'BOTH', 'NEITHER'];
    const env = { ACCOUNT_SID: 'x', SET: 'here', BOTH: 'here', OTHER: 'x' };
    assert.deepEqual(variables(names, { FOUND: 'there', BOTH: 'there' }, env), {
      set: { FOUND: 'there', SET: 'here', BOTH: 'there' },
      unset: ['NEITHER'],
    });
  });
});

describe("the plugin's version", () => {
  it('is the package’s, or the next free one', () => {
    assert.equal(nextVersion([], '0.1.0'), '0.1.0');
    assert.equal(nextVersion(['0.0.9'], '0.1.0'), '0.1.0');
    assert.equal(nextVersion(['0.1.0'], '0.1.0'), '0.1.1');
    assert.equal(nextVersion(['0.1.0', '0.10.2', '0.9.9'], '0.1.0'), '0.10.3');
    assert.equal(nextVersion(['2.0.0-beta.1', 'nonsense'], '1.0.0'), '2.0.1');
  });

  it('is found by the mark of its bundle, unless archived', () => {
    const version = (number, changelog, archived = false) => ({ version: number, changelog, archived });
    const versions = [version('0.1.2', 'x, mark'), version('0.1.10', 'y, mark'), version('0.1.11', 'mark', true)];
    assert.equal(registeredWith('mark', versions)?.version, '0.1.10');
    assert.equal(registeredWith('other', versions), undefined);
  });
});

describe('the active plugins', () => {
  const theirs = { pluginSid: sid('FP', 1), pluginVersionSid: sid('FV', 1) };
  const old = { pluginSid: sid('FP', 2), pluginVersionSid: sid('FV', 2) };
  const ours = { pluginSid: sid('FP', 2), pluginVersionSid: sid('FV', 3) };

  it('are all others, and ours once', () => {
    assert.deepEqual(releaseOf([], ours), [sid('FV', 3)]);
    assert.deepEqual(releaseOf([old, theirs], ours), [sid('FV', 1), sid('FV', 3)]);
    assert.deepEqual(releaseOf([theirs, ours], { pluginSid: ours.pluginSid }), [sid('FV', 1)]);
  });

  it('do not change if they are right', () => {
    assert.equal(releaseOf([theirs, ours], ours), undefined);
    assert.equal(releaseOf([theirs], { pluginSid: ours.pluginSid }), undefined);
  });
});

describe('a failed request', () => {
  it('is retried only if a second one does no harm', () => {
    const again = (method, status) => waitBeforeNext({ method, status, attempt: 1 }) !== undefined;
    assert.deepEqual(
      ['GET', 'DELETE', 'POST'].map((method) => [429, 503, undefined, 404].map((status) => again(method, status))),
      [
        [true, true, true, false],
        [true, true, true, false],
        [true, false, false, false],
      ],
    );
  });

  it('is retried three times, with growing delays', () => {
    const waits = [1, 2, 3, 4].map((attempt) => waitBeforeNext({ method: 'GET', status: 500, attempt }));
    assert.deepEqual(waits, [500, 1000, 2000, undefined]);
  });
});

describe('a dry run', () => {
  const request = (method, path, parameters) => ({
    method,
    url: new URL(`https://serverless.twilio.com/v1${path}`),
    parameters,
  });

  it('reads the account and invents responses to changes', () => {
    const imagined = imaginedAccount();
    assert.equal(imagined.answer(request('GET', '/Services')), undefined);
    const made = known(imagined.answer(request('POST', '/Services', { UniqueName: 'x' })));
    assert.equal(made.body.unique_name, 'x');
    const inside = known(imagined.answer(request('GET', `/Services/${made.body.sid}/Environments`)));
    assert.deepEqual(inside.body.items, []);
    const again = known(imagined.answer(request('GET', `/Services/${made.body.sid}`)));
    assert.equal(again.body.unique_name, 'x');
    assert.deepEqual(
      [made, inside, again].map(({ wouldChange }) => wouldChange),
      [true, false, false],
    );
  });

  it('shows requests without secrets and with cut values', () => {
    const { body } = known(imaginedAccount().answer(request('POST', '/Services', {})));
    const line = shown(request('POST', `/Services/${body.sid}`, { Key: 'my-secret', Long: 'y'.repeat(500) }), [
      'my-secret',
    ]);
    assert.match(
      line,
      /^POST https:\/\/serverless\.twilio\.com\/v1\/Services\/ZS_new_service_1 Key=\*\*\* Long=y{120}… \(500/,
    );
  });
});

describe('credentials', () => {
  const account = { TWILIO_ACCOUNT_SID: sid('AC') };

  it('are an API key, or else the Auth Token', () => {
    const token = { ...account, TWILIO_AUTH_TOKEN: 'token' };
    assert.deepEqual(credentials(token), { accountSid: sid('AC'), username: sid('AC'), password: 'token' });
    const key = { ...token, TWILIO_API_KEY: sid('SK'), TWILIO_API_SECRET: 'secret' };
    assert.deepEqual(credentials(key), { accountSid: sid('AC'), username: sid('SK'), password: 'secret' });
  });

  it('are named, not shown, if missing or malformed', () => {
    for (const [env, expected] of /** @type {[NodeJS.ProcessEnv, RegExp][]} */ ([
      [{}, /TWILIO_ACCOUNT_SID is not set/],
      [{ TWILIO_ACCOUNT_SID: 'my-secret' }, /TWILIO_ACCOUNT_SID is not valid: expected AC and 32/],
      [account, /TWILIO_AUTH_TOKEN is not set/],
      [{ ...account, TWILIO_API_KEY: sid('SK') }, /TWILIO_API_SECRET is not set/],
    ])) {
      assert.throws(
        () => credentials(env),
        (/** @type {Error} */ error) => expected.test(error.message) && !/my-secret/.test(error.message),
      );
    }
  });
});
