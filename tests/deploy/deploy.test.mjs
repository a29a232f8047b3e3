import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { callbackOf } from '../../deploy/callback.mjs';
import { streamOf } from '../../deploy/event-streams.mjs';
import { functionPaths } from '../../deploy/paths.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { readParts } from '../../scripts/setup/plugin-parts.mjs';
import { known } from '../support/known.mjs';
import { openAccount } from './support.mjs';

const DEV = ['--environment', 'dev'];
/** The end of the command line of a removal by a script. */
const REMOVED = [...DEV, '--yes'];
const DOMAIN = 'park-interaction-1234-dev.twil.io';
const KEY = 'PARK_INTERACTION_EVENTS_KEY';
const CANCELED = 'com.twilio.taskrouter.task.canceled';
const { url: EVENT_URL, events: EVENTS } = callbackOf(DOMAIN);

let account;
before(async () => {
  account = await openAccount();
});
after(() => account.stop());
beforeEach(async () => {
  await account.begin();
  // An account without a deployment has no callback. The seeded account has one.
  await account.workspace().update({ eventCallbackUrl: '', eventsFilter: '' });
  await account.control('DELETE', 'journal');
});
afterEach(() => account.end());

/** Releases a plugin of somebody else. */
async function releaseAnother(uniqueName = 'theirs') {
  const { plugins, pluginConfigurations, pluginReleases } = account.client.flexApi.v1;
  const plugin = await plugins.create({ uniqueName, friendlyName: 'Theirs' });
  const pluginUrl = 'https://example.com/theirs.js';
  const { sid } = await plugins(plugin.sid).pluginVersions.create({ version: '3.2.1', pluginUrl });
  const chosen = JSON.stringify({ plugin_version: sid, phase: 3 });
  const configuration = await pluginConfigurations.create({ name: 'before', plugins: [chosen] });
  await pluginReleases.create({ configurationId: configuration.sid });
}

/** Replaces all of `ui_attributes`, as somebody else would. */
async function setUiAttributes(attributes) {
  const body = { account_sid: account.facts.accountSid, ui_attributes: attributes };
  await account.client.flexApi.v1.configuration().update(body);
}

/** Deploys Functions of somebody else, in a service called `uniqueName`. Returns their domain. */
async function deployOthers(uniqueName, paths) {
  const { accountSid, authToken } = account.facts;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const { services } = account.client.serverless.v1;
  const { sid } = await services.create({ uniqueName, friendlyName: uniqueName });
  const service = services(sid);
  const environment = await service.environments.create({ uniqueName: 'dev-environment', domainSuffix: 'dev' });
  const functionVersions = await Promise.all(
    paths.map(async (path) => {
      const made = await service.functions.create({ friendlyName: path });
      const body = new FormData();
      body.set('Path', path);
      body.set('Visibility', 'public');
      body.set('Content', new Blob(['exports.handler = () => {};'], { type: 'application/javascript' }), 'x.js');
      const url = `https://serverless-upload.twilio.com/v1/Services/${sid}/Functions/${made.sid}/Versions`;
      const response = await fetch(url, { method: 'POST', headers: { authorization }, body });
      return (await response.json()).sid;
    }),
  );
  const build = await service.builds.create({ functionVersions });
  while ((await service.builds(build.sid).buildStatus().fetch()).status !== 'completed');
  await service.environments(environment.sid).deployments.create({ buildSid: build.sid });
  return environment.domainName;
}

/**
 * The status of Twilio's response to an empty request, by access.
 *
 * @type {Record<string, number>}
 */
const STATUSES = { public: 400, protected: 403, private: 404 };
/** The Function that serves parts of the plugin: none is found for an empty request. */
const PARTS = 'flex/parts';
/** The Function that says its version to everybody. */
const VERSION = 'version';
/** The Function that takes events of Event Streams: it checks the signature itself. */
const EVENTS_PATH = 'common/events';

/** Every Function with the status of its response to an empty request. Where a token is all that is needed, it is missing. */
const FUNCTIONS = readdirSync(inRoot('functions', 'functions', 'features', 'park-interaction'), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((file) => file.endsWith('.js'))
  .map((file) => {
    const [, path, access = 'public'] = known(/^(.+?)(?:\.(protected|private))?\.js$/.exec(file.replaceAll(sep, '/')));
    const own = { [PARTS]: 404, [VERSION]: 200, [EVENTS_PATH]: 403, 'flex/list-access': 401, 'flex/team-lists': 401 };
    return { path, status: own[path] ?? STATUSES[access] };
  });

const deployed = (path, init) => fetch(`https://${DOMAIN}/features/park-interaction/${path}`, init);

/** Returns the paths of the private assets of the running build, but for the mark of its files. */
async function assets() {
  const { services } = account.client.serverless.v1;
  const [service] = (await services.list()).filter(({ uniqueName }) => uniqueName === 'park-interaction');
  const [environment] = await services(service.sid).environments.list();
  const { assetVersions } = await services(service.sid).builds(environment.buildSid).fetch();
  return assetVersions
    .filter(({ visibility, path }) => visibility === 'private' && !path.includes('/deployed/'))
    .map(({ path }) => path)
    .sort();
}

describe('npm run deploy', () => {
  it('deploys to an empty account, beside other plugins', async () => {
    await releaseAnother();
    const output = await account.succeeds('deploy', DEV);
    assert.match(output, new RegExp(`deployed at ${DOMAIN.replaceAll('.', '\\.')}`));

    assert.ok(FUNCTIONS.some(({ path }) => path === 'flex/check-interaction'));
    for (const { path, status } of FUNCTIONS) {
      // A public Function requires fields, a protected one a signature, and a private one has no URL.
      assert.equal((await deployed(path, { method: 'POST' })).status, status, path);
    }

    const parts = await readParts();
    assert.equal(parts.length, 6);
    for (const [sha256, { content }] of parts) {
      const response = await deployed(`${PARTS}?sha256=${encodeURIComponent(sha256)}`);
      assert.equal(await response.text(), content);
    }
    assert.deepEqual(await assets(), ['/features/park-interaction/core.js', '/features/park-interaction/parts.js']);

    const data = await account.customData();
    assert.equal(data.serverless_functions_domain, DOMAIN);
    assert.equal(data.features.park_interaction.enabled, true);

    const { eventCallbackUrl, eventsFilter } = await account.workspace().fetch();
    assert.deepEqual([eventCallbackUrl, eventsFilter], [EVENT_URL, EVENTS.join(',')]);

    const [theirs, ours] = await account.activePlugins();
    assert.deepEqual([theirs.uniqueName, theirs.version], ['theirs', '3.2.1']);
    assert.equal(ours.uniqueName, 'park-interaction');
    const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
    assert.match(ours.pluginUrl, /^https:\/\/default-1234-[a-z]{5}\.twil\.io\//);
    assert.equal(new URL(ours.pluginUrl).pathname, `/plugins/park-interaction/${version}/bundle.js`);
    assert.equal((await fetch(ours.pluginUrl)).status, 403, 'the bundle is there, for signed-in users alone');

    const { serverlessServiceSids } = await account.client.flexApi.v1.configuration().fetch();
    assert.equal(serverlessServiceSids.length, 1);
  });

  it('changes nothing if everything is deployed already', async () => {
    await account.succeeds('deploy', DEV);
    const before = await account.activePlugins();
    await account.control('DELETE', 'journal');
    const output = await account.succeeds('deploy', DEV);
    assert.match(output, /up to date.*are set already.*is set already.*is this bundle already.*is released already/s);
    assert.deepEqual(await account.changes(), []);
    assert.deepEqual(await account.activePlugins(), before);
  });

  it('changes no flag that it was not asked to', async () => {
    await account.succeeds('deploy', DEV);
    for (const flags of [
      { enabled: true, show_list: true, list_ttl_hours: 5, per_queue: { Everyone: { reasons: ['Parts'] } } },
      { enabled: false, show_list: false },
      { enabled: true },
    ]) {
      const { serverless_functions_domain: domain } = await account.customData();
      const custom = { serverless_functions_domain: domain, features: { park_interaction: flags } };
      await setUiAttributes({ custom_data: custom });
      await account.succeeds('deploy', DEV);
      assert.deepEqual((await account.customData()).features.park_interaction, flags);
    }
  });

  it('switches a new installation on, and one that was removed', async () => {
    await setUiAttributes({});
    await account.succeeds('deploy', DEV);
    assert.deepEqual((await account.customData()).features.park_interaction, { enabled: true });
    await account.succeeds('undeploy', REMOVED);
    assert.equal((await account.customData()).features.park_interaction.enabled, undefined);
    await account.succeeds('deploy', DEV);
    assert.equal((await account.customData()).features.park_interaction.enabled, true);
  });

  it('adds missing events to the callback of an earlier version', async () => {
    await account.workspace().update({ eventCallbackUrl: EVENT_URL, eventsFilter: 'task.canceled,worker.created' });
    assert.match(
      await account.succeeds('deploy', DEV),
      /event callback\n {2}set to .* for task\.canceled,worker\.created,/,
    );
    const { eventCallbackUrl, eventsFilter } = await account.workspace().fetch();
    assert.equal(eventCallbackUrl, EVENT_URL);
    assert.deepEqual(new Set(eventsFilter.split(',')), new Set([...EVENTS, 'worker.created']));
    assert.match(await account.succeeds('deploy', DEV), /event callback\n {2}is set already/);
  });

  it('warns about workers, native Leave and the template', async () => {
    await releaseAnother('plugin-flex-ts-template-v2');
    const domain = await deployOthers('template', [functionPaths().park]);
    await account.control('POST', 'config', {
      workerAttributes: { ben: { contact_uri: 'client:benny' } },
      uiAttributes: { custom_data: { serverless_functions_domain: domain } },
      configuration: { agent_conv_end_methods: { enabled: true } },
    });
    const output = await account.succeeds('deploy', [...DEV, '--dry-run']);
    assert.match(output, /warning: Workers whose contact_uri fits neither .*: ben \(client:benny, expected client:ben/);
    assert.match(output, /warning: Flex's own Leave and Pause are on/);
    assert.match(
      output,
      /warning: The flex-project-template .*v2 is active, and its Functions are at template-1234-dev/,
    );
  });

  it("tells other Functions from the template's", async () => {
    const { park, settle } = functionPaths();
    for (const [service, paths] of /** @type {[string, string[]][]} */ ([
      ['others', ['/features/chat-transfer/flex/transfer']],
      ['copied', [park, settle]],
    ])) {
      const domain = await deployOthers(service, paths);
      const uiAttributes = { custom_data: { serverless_functions_domain: domain } };
      await account.control('POST', 'config', { uiAttributes });
      assert.doesNotMatch(await account.succeeds('deploy', [...DEV, '--dry-run']), /flex-project-template/, service);
    }
  });

  it('can be repeated after a failure at any request', async () => {
    await account.succeeds('deploy', DEV);
    const kinds = (await account.changes()).map((request) => request.replace(/\b[A-Z]{2}[0-9a-f]{32}\b/g, '*'));
    const firsts = [...new Set(kinds)].map((kind) => kinds.indexOf(kind) + 1);
    assert.ok(firsts.length >= 15, `${firsts.length} kinds of requests`);
    // Each kind takes two deployments, so every third one is tested: those are of different steps.
    for (const [index, nth] of firsts.filter((_, position) => position % 3 === 0).entries()) {
      await account.begin();
      await account.workspace().update({ eventCallbackUrl: '', eventsFilter: '' });
      await account.control('POST', 'faults', { method: 'POST', nth, kind: index % 2 ? 'statusAfter' : 'status' });
      const { code, output } = await account.run('deploy', DEV);
      if (kinds[nth - 1].endsWith('/v1/Configuration')) {
        assert.ok(code <= 1, 'flex-config reads back what it wrote, and may go on');
      } else {
        assert.equal(code, 1, `${kinds[nth - 1]}: ${output}`);
        assert.match(output, /FAILED: injected fault.*\n {2}The request was: POST https:/s);
      }
      await account.control('DELETE', 'faults');
      await account.succeeds('deploy', DEV);
      const active = await account.activePlugins();
      assert.deepEqual(
        active.map(({ uniqueName }) => uniqueName),
        ['park-interaction'],
        kinds[nth - 1],
      );
      assert.equal((await deployed('flex/park-interaction', { method: 'POST' })).status, 400, kinds[nth - 1]);
      assert.equal((await account.workspace().fetch()).eventCallbackUrl, EVENT_URL, kinds[nth - 1]);
    }
  });

  it('waits if Twilio limits the rate', async () => {
    await account.control('POST', 'faults', { host: 'flex-api.twilio.com', times: 2, kind: 'status', status: 429 });
    await account.control('POST', 'faults', {
      host: 'serverless-upload.twilio.com',
      kind: 'status',
      status: 429,
    });
    await account.succeeds('deploy', DEV);
  });

  it("keeps somebody else's event callback", async () => {
    const theirs = 'https://reports.example.com/events';
    await account.workspace().update({ eventCallbackUrl: theirs, eventsFilter: 'task.created' });
    const streamed = await account.succeeds('deploy', DEV);
    assert.match(
      streamed,
      /in use: https:\/\/reports\.example\.com\/events.*\n {2}Nothing is lost: Event Streams does it instead\./,
    );
    const output = await account.succeeds('deploy', [...DEV, '--no-event-streams']);
    assert.match(output, /warning: .* in use: https:\/\/reports\.example\.com\/events.*What is lost.*What to do/s);
    for (const event of EVENTS) assert.ok(output.includes(event), event);
    const { eventCallbackUrl, eventsFilter } = await account.workspace().fetch();
    assert.deepEqual([eventCallbackUrl, eventsFilter], [theirs, 'task.created']);
  });

  it('changes nothing in a dry run', async () => {
    const output = await account.succeeds('deploy', [...DEV, '--dry-run']);
    for (const expected of [
      /would POST https:\/\/serverless\.twilio\.com\/v1\/Services UniqueName=park-interaction/,
      /would POST https:\/\/serverless-upload\.twilio\.com\/.*Path=\/features\/park-interaction\/flex\/park-interaction Visibility=public/,
      /would POST .*\/Deployments BuildSid=ZB_new_build_1/,
      /serverless_functions_domain/,
      /would POST https:\/\/taskrouter\.twilio\.com\/v1\/Workspaces\/WS0+1 EventCallbackUrl=/,
      /would POST .*\/PluginService\/Releases ConfigurationId=FJ_new_configuration_1/,
      /Nothing was changed\.$/m,
    ]) {
      assert.match(output, expected);
    }
    assert.deepEqual(await account.changes(), []);
    assert.deepEqual(readdirSync(account.files), ['ui_attributes.common.json']);
  });

  it('shows the real requests in a dry run', async () => {
    const output = await account.succeeds('deploy', [...DEV, '--dry-run']);
    const foreseen = known(output.match(/(?<=would )POST (?!\S+\/Configuration )\S+/g));
    await account.succeeds('deploy', DEV);
    const made = (await account.changes()).filter((request) => !/\/v1\/Configuration$/.test(request));
    const kind = (request) =>
      request.replace('https://', '').replace(/\b[A-Z]{2}(0{20}\w+|_new_\w+)/g, (sid) => sid.slice(0, 2));
    assert.deepEqual(foreseen.map(kind).sort(), made.map(kind).sort());
  });

  it('sends no request with wrong options or without credentials', async () => {
    for (const [args, env, expected] of /** @type {[string[], NodeJS.ProcessEnv, RegExp][]} */ ([
      [[], {}, /^--environment is missing: expected a name of 1 to 16 of a-z, 0-9 and -, such as production\.$/m],
      [['--environment', 'Production_X'], {}, /^--environment Production_X: .* Did you mean production-x\?$/m],
      [['--environment', '-'], {}, /^--environment -: expected a name/m],
      [[...DEV, '--dry-ru'], {}, /^--dry-ru is no option here\. Did you mean --dry-run\?/m],
      [[...DEV, 'now'], {}, /^now is a word too many: expected none\.$/m],
      [DEV, { TWILIO_AUTH_TOKEN: '' }, /TWILIO_AUTH_TOKEN is not set/],
    ])) {
      const { code, output } = await account.run('deploy', args, { env });
      assert.equal(code, 2, output);
      assert.match(output, expected);
      assert.match(output, /^Example: npm run deploy -- .*\nHelp: npm run deploy -- --help, or docs\/operations/m);
    }
    const { requests } = await account.control('GET', 'journal');
    assert.deepEqual(requests, []);
  });

  it('changes nothing if the account is not ready', async () => {
    const env = { TWILIO_FLEX_SYNC_SID: `IS${'9'.repeat(32)}` };
    const { code, output } = await account.run('deploy', DEV, { env });
    assert.equal(code, 3, output);
    assert.match(output, /IS9+ is not in this account/);
    assert.deepEqual(await account.changes(), []);
  });

  it('keeps the domain of other features unless an option allows it', async () => {
    await account.control('POST', 'config', {
      uiAttributes: { custom_data: { features: { chat_transfer: { enabled: true } } } },
    });
    const { code, output } = await account.run('deploy', DEV);
    assert.equal(code, 3, output);
    assert.match(output, /Other features look for their Functions at park-interaction-1234\.twil\.io.*: chat_transfer/);
    assert.deepEqual(await account.changes(), []);
    await account.succeeds('deploy', [...DEV, '--move-domain']);
    assert.equal((await account.customData()).serverless_functions_domain, DOMAIN);
    await account.succeeds('deploy', DEV);
  });

  it('names the wrong password without showing it', async () => {
    const { code, output } = await account.run('deploy', DEV, { env: { TWILIO_AUTH_TOKEN: 'guessed-wrongly' } });
    assert.equal(code, 2);
    assert.match(output, /Check the account\n {2}FAILED: Authenticate \(Twilio error 20003/);
    assert.match(output, /Expected: TWILIO_ACCOUNT_SID of the account that has Flex, with its live Auth Token/);
    assert.ok(!output.includes('guessed-wrongly'));
  });
});

/** The sinks of the account, with their types, by the order of their creation. */
async function readStreams() {
  const { sinks, subscriptions } = account.client.events.v1;
  return Promise.all(
    (await sinks.list()).map(async ({ sid, description, sinkConfiguration: { destination } }) => {
      const own = await subscriptions.list({ sinkSid: sid });
      const types = await Promise.all(own.map((one) => subscriptions(one.sid).subscribedEvents.list()));
      const url = new URL(destination);
      const { username, password } = url;
      url.username = '';
      url.password = '';
      const names = types.map((some) => some.map(({ type }) => type));
      return { sid, description, url: url.href, username, password, subscriptions: own, types: names };
    }),
  );
}

/** Returns the key in the variables of the deployed Functions. */
async function eventsKey() {
  const { services } = account.client.serverless.v1;
  const [service] = (await services.list()).filter(({ uniqueName }) => uniqueName === 'park-interaction');
  const [environment] = await services(service.sid).environments.list();
  const variables = await services(service.sid).environments(environment.sid).variables.list();
  return known(variables.find(({ key }) => key === KEY)).value;
}

/**
 * Makes a sink, as somebody else would. Returns its SID.
 *
 * @param {string} destination
 * @param {{ description?: string, types?: string[] } & Record<string, unknown>} [options] and others for the configuration
 */
async function makeSink(destination, { description = 'theirs', types = [CANCELED], ...configuration } = {}) {
  const { sinks, subscriptions } = account.client.events.v1;
  const sinkConfiguration = { destination, method: 'POST', batch_events: false, ...configuration };
  const { sid } = await sinks.create({ description, sinkType: 'webhook', sinkConfiguration });
  await subscriptions.create({ description, sinkSid: sid, types: types.map((type) => ({ type })) });
  return sid;
}

describe('Event Streams', () => {
  const { url: streamUrl, types } = streamOf(DOMAIN);
  const withUser = (key, domain = DOMAIN) => streamOf(domain).url.replace('://', `://park-interaction:${key}@`);
  const sidsOf = async () => (await readStreams()).map(({ sid }) => sid);

  it('gets a sink with a key, and a subscription', async () => {
    await account.succeeds('deploy', DEV);
    const [sink, ...others] = await readStreams();
    assert.deepEqual(others, []);
    assert.deepEqual([sink.url, sink.username], [streamUrl, 'park-interaction']);
    assert.match(sink.password, /^[0-9a-f]{64}$/);
    assert.equal(sink.password, await eventsKey());
    assert.deepEqual(sink.types, [types.toSorted()]);
  });

  it('keeps its key and its sink, even if Twilio hides the password', async () => {
    await account.succeeds('deploy', DEV);
    const before = await readStreams();
    await account.control('POST', 'readings', { 'sink-password': 'hidden' });
    await account.control('DELETE', 'journal');
    const output = await account.succeeds('deploy', DEV);
    assert.match(output, /Event Streams\n {2}are set already/);
    assert.deepEqual(await account.changes(), []);
    await account.control('DELETE', 'readings');
    assert.deepEqual(await readStreams(), before);
  });

  it('never shows the key', async () => {
    const foreseen = await account.succeeds('deploy', [...DEV, '--dry-run']);
    assert.match(foreseen, /would POST https:\/\/events\.twilio\.com\/v1\/Sinks .*park-interaction:\*\*\*@/);
    assert.match(foreseen, new RegExp(`Key=${KEY} Value=\\*\\*\\*`));
    const env = { [KEY]: 'chosen-by-the-owner-0123456789abcdef' };
    await account.control('POST', 'faults', { host: 'events.twilio.com', method: 'POST', kind: 'status' });
    const { code, output } = await account.run('deploy', DEV, { env });
    assert.equal(code, 1, output);
    assert.match(output, /The request was: POST https:\/\/events\.twilio\.com\/v1\/Sinks .*\*\*\*@/);
    assert.ok(!output.includes(env[KEY].slice(0, 12)));
    const done = await account.succeeds('deploy', DEV);
    assert.equal(await eventsKey(), env[KEY], 'it is kept without being named again');
    assert.ok(!done.includes(env[KEY].slice(0, 12)));
    const malformed = await account.run('deploy', DEV, { env: { [KEY]: 'short' } });
    assert.equal(malformed.code, 3, malformed.output);
    assert.match(malformed.output, /PARK_INTERACTION_EVENTS_KEY is malformed: expected 32 to 128/);
  });

  it('is repaired', async () => {
    await account.succeeds('deploy', DEV);
    const [before] = await readStreams();
    const { subscriptions } = account.client.events.v1;
    const own = subscriptions(before.subscriptions[0].sid);
    await own.subscribedEvents(CANCELED).remove();
    await own.subscribedEvents.create({ type: 'com.twilio.taskrouter.task.created' });
    assert.match(
      await account.succeeds('deploy', DEV),
      /Event Streams\n {2}set: .* for com\.twilio\.taskrouter\.task\.canceled$/m,
    );
    const [added] = await readStreams();
    assert.deepEqual([added.sid, added.types], [before.sid, [[...types, 'com.twilio.taskrouter.task.created'].sort()]]);
    await own.remove();
    await account.succeeds('deploy', DEV);
    const [again, ...others] = await readStreams();
    assert.deepEqual([again.sid, again.types, others], [before.sid, [types.toSorted()], []]);
  });

  it('gets a new sink where the key, the method or the batches are others', async () => {
    await account.succeeds('deploy', DEV);
    const [first] = await readStreams();
    const env = { [KEY]: 'k'.repeat(40) };
    const output = await account.succeeds('deploy', DEV, { env });
    assert.match(output, /; removed 1 of an earlier deployment$/m);
    const [second, ...others] = await readStreams();
    assert.deepEqual([second.password, second.types, others], [env[KEY], [types.toSorted()], []]);
    assert.notEqual(second.sid, first.sid);
    const batching = await makeSink(withUser(env[KEY]), { batch_events: true, types });
    const getting = await makeSink(withUser(env[KEY]), { method: 'GET', types });
    await account.succeeds('deploy', DEV);
    assert.deepEqual(await sidsOf(), [second.sid]);
    assert.ok(batching !== second.sid && getting !== second.sid);
  });

  it('takes no sink that somebody else has just removed for a refusal', async () => {
    await account.succeeds('deploy', DEV);
    const gone = {
      host: 'events.twilio.com',
      method: 'DELETE',
      times: 2,
      kind: 'statusAfter',
      status: 404,
      code: 20404,
    };
    await account.control('POST', 'faults', gone);
    const output = await account.succeeds('deploy', DEV, { env: { [KEY]: 'k'.repeat(40) } });
    assert.doesNotMatch(output, /Twilio refuses Event Streams/);
    assert.equal((await readStreams()).length, 1);
  });

  it('leaves the sinks of others alone, and removes its own of Functions that are gone', async () => {
    const theirs = await Promise.all([
      makeSink('https://theirs.example/features/park-interaction/common/events'),
      makeSink(`https://${DOMAIN}/features/others/common/events`),
      makeSink(withUser('k'.repeat(40), 'by-hand-1234.twil.io'), { description: 'made by hand' }),
    ]);
    await account.succeeds('deploy', ['--environment', 'live']);
    const live = (await sidsOf()).filter((sid) => !theirs.includes(sid));
    const former = await makeSink(withUser('k'.repeat(40), 'park-interaction-1234-former.twil.io'), {
      description: 'Park Interaction, former, key 0123456789ab',
    });
    await account.succeeds('deploy', DEV);
    const after = await sidsOf();
    assert.ok([...theirs, ...live].every((sid) => after.includes(sid)));
    assert.ok(!after.includes(former));
    assert.equal(after.length, theirs.length + live.length + 1);
    await account.succeeds('undeploy', REMOVED);
    assert.deepEqual(new Set(await sidsOf()), new Set([...theirs, ...live]));
  });

  it('is not needed: if Twilio refuses it, everything else is done, with a warning', async () => {
    for (const [status, code] of [
      [403, 20003],
      [404, 20404],
    ]) {
      await account.control('DELETE', 'faults');
      await account.control('POST', 'faults', {
        ...{ host: 'events.twilio.com', kind: 'status', times: 0, status, code },
      });
      const output = await account.succeeds('deploy', DEV);
      assert.match(
        output,
        /warning: Twilio refuses Event Streams: .*\n.*What is lost: .*\n.*What to do: /s,
        `${status}`,
      );
      assert.match(output, /event callback\n {2}(set to|is set already)/);
      assert.equal((await account.activePlugins()).length, 1);
    }
    const removed = await account.succeeds('undeploy', REMOVED);
    assert.match(removed, /warning: Twilio refuses Event Streams: .*left as they are/s);
  });

  it('can be left out, and so can the event callback', async () => {
    await account.succeeds('deploy', DEV);
    const without = await account.succeeds('deploy', [...DEV, '--no-event-callback']);
    assert.match(without, /event callback\n {2}removed, by --no-event-callback/);
    assert.equal((await account.workspace().fetch()).eventCallbackUrl || null, null);
    assert.equal((await sidsOf()).length, 1);
    const output = await account.succeeds('deploy', [...DEV, '--no-event-streams', '--no-event-callback']);
    assert.match(output, /Event Streams\n {2}removed, by --no-event-streams/);
    assert.match(output, /warning: neither .*\n {2}What is lost: .*\n {2}left out, by --no-event-callback/);
    assert.deepEqual(await sidsOf(), []);
    const theirs = 'https://reports.example.com/events';
    await account.workspace().update({ eventCallbackUrl: theirs, eventsFilter: '' });
    await account.succeeds('deploy', [...DEV, '--no-event-callback']);
    assert.equal((await account.workspace().fetch()).eventCallbackUrl, theirs);
  });

  it('is removed with everything else', async () => {
    await account.succeeds('deploy', DEV);
    const foreseen = await account.succeeds('undeploy', [...DEV, '--dry-run']);
    assert.match(
      foreseen,
      /would DELETE https:\/\/events\.twilio\.com\/v1\/Subscriptions\/DF\w+\n.*would DELETE .*\/Sinks\/DG/,
    );
    assert.match(await account.succeeds('undeploy', REMOVED), /Event Streams\n {2}removed/);
    assert.deepEqual(await readStreams(), []);
  });
});

describe('npm run undeploy', () => {
  it('removes everything that was deployed, and nothing else', async () => {
    await releaseAnother();
    await account.succeeds('deploy', DEV);
    await account.succeeds('undeploy', REMOVED);
    assert.deepEqual(
      (await account.activePlugins()).map(({ uniqueName }) => uniqueName),
      ['theirs'],
    );
    assert.equal((await account.customData()).features.park_interaction.enabled, undefined);
    const { eventCallbackUrl, eventsFilter } = await account.workspace().fetch();
    assert.deepEqual([eventCallbackUrl, eventsFilter || null], [null, null]);
    const services = await account.client.serverless.v1.services.list();
    assert.deepEqual(
      services.map(({ uniqueName }) => uniqueName),
      ['default'],
    );
    for (const { path } of FUNCTIONS) assert.equal((await deployed(path, { method: 'POST' })).status, 404, path);
    const again = await account.succeeds('undeploy', REMOVED);
    assert.match(again, /^There is nothing to remove: no Functions for dev, and nothing that calls some\.$/m);
  });

  it('changes nothing for an environment that does not exist', async () => {
    await account.succeeds('deploy', DEV);
    await account.control('DELETE', 'journal');
    const { code, output } = await account.run('undeploy', ['--environment', 'dve', '--yes']);
    assert.equal(code, 3, output);
    assert.match(output, /no Functions for dve\. Did you mean dev\? There are some for dev\./);
    assert.deepEqual(await account.changes(), []);
  });

  it("keeps another environment's Functions and callback", async () => {
    await account.succeeds('deploy', DEV);
    await account.succeeds('deploy', ['--environment', 'live']);
    const output = await account.succeeds('undeploy', REMOVED);
    assert.match(output, /environment dev removed, 1 other left/);
    const { eventCallbackUrl } = await account.workspace().fetch();
    assert.match(eventCallbackUrl, /^https:\/\/park-interaction-1234-live\.twil\.io/);
  });

  it('refuses while a conversation is parked', async () => {
    await account.succeeds('deploy', DEV);
    const charlie = await account.parks('charlie');
    const { code, output } = await account.run('undeploy', REMOVED);
    assert.equal(code, 4, output);
    assert.match(output, new RegExp(`1 parked: ${charlie}`));
    assert.match(output, /Run this again with --release/);
    assert.deepEqual(await account.activePlugins(), [], 'nobody else can park');
    assert.equal((await account.workspace().fetch()).eventCallbackUrl, EVENT_URL, 'they hear when nobody takes it');
    assert.equal((await deployed('flex/park-interaction', { method: 'POST' })).status, 404, 'open desktops neither');
    assert.equal((await deployed('common/unpark-interaction', { method: 'POST' })).status, 403, 'they still wake');
    const forced = await account.succeeds('undeploy', [...REMOVED, '--abandon-parked']);
    assert.match(forced, /1, abandoned as you asked/);
    assert.equal((await deployed('common/unpark-interaction', { method: 'POST' })).status, 404);
  });

  it('succeeds if the response to a removal is lost', async () => {
    await account.succeeds('deploy', DEV);
    await account.control('POST', 'faults', { method: 'DELETE', kind: 'statusAfter' });
    await account.succeeds('undeploy', REMOVED);
  });

  it('removes nothing in a dry run', async () => {
    await account.succeeds('deploy', DEV);
    await account.control('DELETE', 'journal');
    const output = await account.succeeds('undeploy', [...DEV, '--dry-run']);
    assert.match(output, /would DELETE https:\/\/serverless\.twilio\.com\/v1\/Services\/ZS\w+\/Environments\/ZE\w+/);
    assert.deepEqual(await account.changes(), []);
  });
});
