import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { EVENT_PATH, decideCallback, decideCallbackRemoval } from '../../deploy/callback.mjs';
import { credentials } from '../../deploy/credentials.mjs';
import { whyNotMove } from '../../deploy/domain.mjs';
import { imaginedAccount } from '../../deploy/imagined.mjs';
import { chooseSync, judge } from '../../deploy/judgement.mjs';
import { nextVersion, registeredWith, releaseOf } from '../../deploy/release.mjs';
import { waitBeforeNext } from '../../deploy/repeat.mjs';
import { shown } from '../../deploy/shown.mjs';
import { variables } from '../../deploy/variables.mjs';

const sid = (prefix, number = 1) => `${prefix}${String(number).padStart(32, '0')}`;

describe("whose TaskRouter's event callback is", () => {
  const own = `https://park-interaction-1234-dev.twil.io${EVENT_PATH}`;

  it('takes a free one', () => {
    const change = { eventCallbackUrl: own, eventsFilter: 'task.canceled' };
    assert.deepEqual(decideCallback({ current: undefined }, own), { change });
  });

  it('leaves our own as it is, with every event or with more events than ours', () => {
    for (const events of ['task.canceled', 'task.created,task.canceled', '', undefined]) {
      assert.deepEqual(decideCallback({ current: own, events }, own), {}, events);
    }
  });

  it('adds our event to those that our own hears already', () => {
    const { change } = decideCallback({ current: own, events: 'task.created, worker.created' }, own);
    assert.deepEqual(change, { eventCallbackUrl: own, eventsFilter: 'task.created,worker.created,task.canceled' });
  });

  it("takes over from another environment's Functions", () => {
    const other = `https://park-interaction-1234-old.twil.io${EVENT_PATH}`;
    assert.equal(decideCallback({ current: other, events: 'task.canceled' }, own).change.eventCallbackUrl, own);
  });

  it("never touches somebody else's", () => {
    for (const current of [
      'https://reports.example.com/task-events',
      'https://reports-1234.twil.io/events',
      `https://reports.example.com${EVENT_PATH}`,
      `https://park-interaction.twil.io.example.com${EVENT_PATH}`,
      'not an address',
    ]) {
      assert.deepEqual(decideCallback({ current, events: 'task.canceled' }, own), { foreign: current });
      assert.deepEqual(decideCallbackRemoval({ current }, own), {});
    }
  });

  it('removes exactly our own', () => {
    assert.deepEqual(decideCallbackRemoval({ current: own }, own).change, { eventCallbackUrl: '', eventsFilter: '' });
    const other = `https://park-interaction-1234-old.twil.io${EVENT_PATH}`;
    assert.deepEqual(decideCallbackRemoval({ current: other }, own), {});
    assert.deepEqual(decideCallbackRemoval({ current: undefined }, own), {});
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

  it('is ready as Flex sets it up', () => {
    assert.deepEqual(judge(good), {
      problems: [],
      warnings: [],
      facts: { workspaceSid: sid('WS'), syncSid: sid('IS', 2) },
    });
  });

  it('is not ready without its workspace, its Sync service, or with Conversations elsewhere', () => {
    for (const [change, expected] of [
      [{ workspaceSid: undefined, workspace: undefined }, /TWILIO_FLEX_WORKSPACE_SID/],
      [{ workspace: undefined }, /WS0+1 is not in this account/],
      [{ flexSyncSid: undefined }, /set TWILIO_FLEX_SYNC_SID. There are: IS0+2 \(Flex Sync\)/],
      [{ defaultChatSid: sid('IS', 9) }, /IS0+1, but the account's default is IS0+9/],
    ]) {
      const { problems } = judge({ ...good, ...change });
      assert.equal(problems.length, 1);
      assert.match(problems[0], expected);
    }
  });

  it('warns of what will work less well', () => {
    for (const [change, expected] of [
      [{ agentConvEndMethods: { enabled: true } }, /Leave and Pause/],
      [{ workers: [] }, /no workers/],
      [{ workers: [{ friendlyName: 'eve', attributes: '{"roles":["agent"]}' }] }, /contact_uri: eve;/],
      [{ workers: [{ friendlyName: 'eve', attributes: '{"contact_uri":"client:eve"}' }] }, /roles: eve;/],
    ]) {
      const { problems, warnings } = judge({ ...good, ...change });
      assert.deepEqual(problems, []);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0], expected);
    }
  });

  it('names a few workers of many', () => {
    const workers = ['a', 'b', 'c', 'd', 'e'].map((friendlyName) => ({ friendlyName, attributes: 'broken' }));
    const { warnings } = judge({ ...good, workers });
    assert.match(warnings[0], /contact_uri: a, b, c and others;/);
  });

  it('takes the Sync service that was named, and says what that costs', () => {
    const syncServices = [1, 2].map((number) => ({ sid: sid('IS', number), friendlyName: `${number}` }));
    const flexSyncSid = sid('IS', 1);
    assert.deepEqual(chooseSync({ syncServices, flexSyncSid, givenSyncSid: flexSyncSid }), { sid: flexSyncSid });
    const other = chooseSync({ syncServices, flexSyncSid, givenSyncSid: sid('IS', 2) });
    assert.equal(other.sid, sid('IS', 2));
    assert.match(other.warning, /not the service of the Flex desktop/);
    assert.match(chooseSync({ syncServices, flexSyncSid, givenSyncSid: sid('IS', 3) }).problem, /IS0+3 is not in/);
  });
});

describe("the domain in Flex's configuration", () => {
  const theirs = {
    serverless_functions_domain: 'template-1-dev.twil.io',
    features: { park_interaction: {}, chat_transfer: { enabled: true } },
  };

  it('is not taken from other features', () => {
    assert.match(whyNotMove(theirs, ['ours-1-dev.twil.io']), /template-1-dev\.twil\.io.*: chat_transfer\./);
  });

  it('may be set where there is none, where it is ours, and where no other feature is on', () => {
    for (const [customData, own] of [
      [undefined, []],
      [{ features: theirs.features }, []],
      [theirs, ['template-1-dev.twil.io']],
      [{ ...theirs, features: { park_interaction: {}, chat_transfer: { enabled: false } } }, []],
      [{ ...theirs, features: undefined }, []],
    ]) {
      assert.equal(whyNotMove(customData, own), undefined);
    }
  });
});

describe("the Functions' variables", () => {
  it('are what was found in the account, else what is set here; what is set nowhere goes', () => {
    const names = ['ACCOUNT_SID', 'AUTH_TOKEN', 'FOUND', 'SET', 'BOTH', 'NEITHER'];
    const env = { ACCOUNT_SID: 'x', SET: 'here', BOTH: 'here', OTHER: 'x' };
    assert.deepEqual(variables(names, { FOUND: 'there', BOTH: 'there' }, env), {
      set: { FOUND: 'there', SET: 'here', BOTH: 'there' },
      unset: ['NEITHER'],
    });
  });
});

describe("the plugin's version", () => {
  it('is the package’s own until that is taken', () => {
    assert.equal(nextVersion([], '0.1.0'), '0.1.0');
    assert.equal(nextVersion(['0.0.9'], '0.1.0'), '0.1.0');
    assert.equal(nextVersion(['0.1.0'], '0.1.0'), '0.1.1');
    assert.equal(nextVersion(['0.1.0', '0.10.2', '0.9.9'], '0.1.0'), '0.10.3');
    assert.equal(nextVersion(['2.0.0-beta.1', 'nonsense'], '1.0.0'), '2.0.1');
  });

  it('is found again by the mark of its bundle, unless it is archived', () => {
    const version = (number, changelog, archived = false) => ({ version: number, changelog, archived });
    const versions = [version('0.1.2', 'x, mark'), version('0.1.10', 'y, mark'), version('0.1.11', 'mark', true)];
    assert.equal(registeredWith('mark', versions).version, '0.1.10');
    assert.equal(registeredWith('other', versions), undefined);
  });
});

describe('which plugins are active afterwards', () => {
  const theirs = { pluginSid: sid('FP', 1), pluginVersionSid: sid('FV', 1) };
  const old = { pluginSid: sid('FP', 2), pluginVersionSid: sid('FV', 2) };
  const ours = { pluginSid: sid('FP', 2), pluginVersionSid: sid('FV', 3) };

  it('keeps all others, and has ours once', () => {
    assert.deepEqual(releaseOf([], ours), [sid('FV', 3)]);
    assert.deepEqual(releaseOf([old, theirs], ours), [sid('FV', 1), sid('FV', 3)]);
    assert.deepEqual(releaseOf([theirs, ours], { pluginSid: ours.pluginSid }), [sid('FV', 1)]);
  });

  it('changes nothing when it is so already', () => {
    assert.equal(releaseOf([theirs, ours], ours), undefined);
    assert.equal(releaseOf([theirs], { pluginSid: ours.pluginSid }), undefined);
  });
});

describe('a request that went wrong', () => {
  it('is sent again only where it cannot have been done, or may be done twice', () => {
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

  it('is given up after four attempts, each after a longer wait', () => {
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

  it('asks the account for what is there, and imagines what would be', () => {
    const imagined = imaginedAccount();
    assert.equal(imagined.answer(request('GET', '/Services')), undefined);
    const made = imagined.answer(request('POST', '/Services', { UniqueName: 'x' }));
    assert.equal(made.body.unique_name, 'x');
    const inside = imagined.answer(request('GET', `/Services/${made.body.sid}/Environments`));
    assert.deepEqual(inside.body.items, []);
    const again = imagined.answer(request('GET', `/Services/${made.body.sid}`));
    assert.equal(again.body.unique_name, 'x');
    assert.deepEqual(
      [made, inside, again].map(({ wouldChange }) => wouldChange),
      [true, false, false],
    );
  });

  it('shows requests without secrets, and long values cut', () => {
    const { body } = imaginedAccount().answer(request('POST', '/Services', {}));
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

  it('are named when they are missing or malformed, and not repeated', () => {
    for (const [env, expected] of [
      [{}, /TWILIO_ACCOUNT_SID is not set/],
      [{ TWILIO_ACCOUNT_SID: 'my-secret' }, /TWILIO_ACCOUNT_SID is not valid: expected AC and 32/],
      [account, /TWILIO_AUTH_TOKEN is not set/],
      [{ ...account, TWILIO_API_KEY: sid('SK') }, /TWILIO_API_SECRET is not set/],
    ]) {
      assert.throws(
        () => credentials(env),
        (error) => expected.test(error.message) && !/my-secret/.test(error.message),
      );
    }
  });
});
