// An account with two environments of the Functions: Flex calls one of them, and has one plugin, one set of flags, one event callback.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { chosenSources, keptAs, keptSources } from '../../deploy/event-sources.mjs';
import { functionPaths } from '../../deploy/paths.mjs';
import { openAccount } from './support.mjs';

const DEV = ['--environment', 'dev'];
const TWO = ['--environment', 'two'];
const YES = [...DEV, '--yes'];
const SERVICE = 'park-interaction-1234';

let account;
let env;
before(async () => {
  account = await openAccount();
});
after(() => account?.stop());
beforeEach(async () => {
  await account.begin();
  await account.workspace().update({ eventCallbackUrl: '', eventsFilter: '' });
  env = { TWILIO_FLEX_SYNC_SID: account.facts.syncServiceSid };
});
afterEach(() => account.end());

/** Returns the hosts that a customer's messages go to. */
async function heardAt(id) {
  const webhooks = await account.conversation(id).webhooks.list();
  return webhooks.map(({ configuration }) => new URL(configuration.url).host);
}

describe('an environment that Flex does not call', () => {
  beforeEach(async () => {
    await account.succeeds('deploy', DEV, { env });
    await account.parks('charlie');
    const output = await account.succeeds('deploy', TWO, { env });
    assert.match(output, /^ {2}Flex calls the Functions of dev: from now on, it calls those of two$/m);
    await account.parks('wanda');
  });

  it('arms webhooks at its own domain', async () => {
    assert.deepEqual(await heardAt('charlie'), [`${SERVICE}-dev.twil.io`]);
    assert.deepEqual(await heardAt('wanda'), [`${SERVICE}-two.twil.io`]);
  });

  it('is removed without the plugin, the flags and what the other one has parked', async () => {
    const refused = await account.run('undeploy', YES);
    assert.equal(refused.code, 4, refused.output);
    assert.match(refused.output, /^ {2}1\. Plugin and flags: stay\. They are those of two \(/m);
    assert.match(refused.output, /^ {2}parked +1 conversation$/m);
    assert.match(
      refused.output,
      /^ {2}npm run parked -- reconcile moves them to the Functions that Flex calls, those of two\./m,
    );
    const halfWay = await account.run('doctor', DEV, { env });
    assert.equal(halfWay.code, 1, halfWay.output);
    assert.match(
      halfWay.output,
      /^warning.* a removal has begun: .*\n +Mend it: npm run undeploy -- --environment dev goes on$/m,
    );
    assert.doesNotMatch(halfWay.output, /Mend it: npm run deploy/);
    await account.succeeds('parked', ['reconcile']);
    assert.deepEqual(await heardAt('charlie'), [`${SERVICE}-two.twil.io`]);
    const before = [await account.activePlugins(), await account.customData()];
    const output = await account.succeeds('undeploy', YES);
    assert.match(output, /^\[3\/9\] Plugin: .*\n {2}stays: it is that of two, whose Functions Flex calls$/m);
    assert.match(output, /^ {2}environment dev removed, 1 other left$/m);
    assert.deepEqual([await account.activePlugins(), await account.customData()], before);
    assert.equal(before[1].features.park_interaction.enabled, true);
    const { eventCallbackUrl } = await account.workspace().fetch();
    assert.equal(new URL(eventCallbackUrl).host, `${SERVICE}-two.twil.io`);
    const sinks = await account.client.events.v1.sinks.list();
    assert.deepEqual(
      sinks.map(({ sinkConfiguration }) => new URL(sinkConfiguration.destination).host),
      [`${SERVICE}-two.twil.io`],
    );
    const { code, output: found } = await account.run('doctor', TWO, { env });
    assert.equal(code, 0, found);
    assert.match(found, /2 are parked, and each can wake/);
  });

  it('is neither rolled back nor released, because that would change what the other one has', async () => {
    await account.control('DELETE', 'journal');
    for (const [command, args, expected] of /** @type {[string, string[], RegExp][]} */ ([
      ['rollback', YES, /^Flex calls the Functions of two, not those of dev, and there is one plugin for both/m],
      [
        'undeploy',
        [...YES, '--release'],
        /^--release routes everything that is parked in the account, and Flex calls/m,
      ],
    ])) {
      const { code, output } = await account.run(command, args);
      assert.equal(code, 3, output);
      assert.match(output, expected);
    }
    assert.deepEqual(await account.changes(), []);
  });

  it('is called again by an upgrade, whose plan says so', async () => {
    const plan = await account.succeeds('upgrade', [...DEV, '--dry-run']);
    assert.match(plan, /^ {2}calls +Flex calls the Functions of two now: from then on, it calls those of dev$/m);
  });

  it('is examined by the doctor for itself', async () => {
    const { code, output } = await account.run('doctor', DEV, { env });
    assert.equal(code, 1, output);
    assert.match(output, /^warning {2}functions {6}Flex calls the Functions of two, not those at/m);
    assert.match(output, /^ok {7}events .*park-interaction-1234-dev\.twil\.io/m);
    assert.match(output, /^ok {7}callback .*is left to two, which Flex calls$/m);
    assert.match(output, /^ok {7}parked .*1 is parked, and each can wake$/m);
    assert.match(output, /, 1 warning, 0 errors$/m);
  });
});

describe('the ways in which the Functions hear of events', () => {
  it('stay as the owner has chosen, until another option is given', async () => {
    await account.succeeds('deploy', [...DEV, '--no-event-streams'], { env });
    const sinks = async () => (await account.client.events.v1.sinks.list()).length;
    const plan = await account.succeeds('upgrade', YES, { env });
    assert.match(
      plan,
      /^ {2}events +left out, as chosen before; the option sets it up: Event Streams \(--event-streams\)$/m,
    );
    assert.equal(await sinks(), 0);
    const { code, output } = await account.run('doctor', DEV, { env });
    assert.equal(code, 0, output);
    assert.match(output, /Event Streams is left out, as chosen: npm run deploy -- --environment dev --event-streams/);
    await account.succeeds('deploy', [...DEV, '--event-streams', '--no-event-callback'], { env });
    assert.equal(await sinks(), 1);
    await account.succeeds('deploy', DEV, { env });
    assert.ok(!(await account.workspace().fetch()).eventCallbackUrl);
  });

  it('are read and kept', () => {
    for (const sources of [
      { streams: true, callback: true },
      { streams: true, callback: false },
      { streams: false, callback: true },
      { streams: false, callback: false },
    ]) {
      assert.deepEqual(keptSources(keptAs(sources)), sources);
      assert.deepEqual(chosenSources({}, keptSources(keptAs(sources))), sources);
      assert.deepEqual(chosenSources({ 'event-streams': true, 'no-event-callback': true }, sources), {
        ...{ streams: true, callback: false },
      });
    }
    assert.deepEqual(keptSources(undefined), { streams: true, callback: true }, 'an earlier version has kept nothing');
  });

  it('are not both on and off', async () => {
    for (const command of ['deploy', 'upgrade']) {
      const { code, output } = await account.run(command, [
        ...YES.slice(0, 2),
        '--event-streams',
        '--no-event-streams',
        ...(command === 'upgrade' ? ['--yes'] : []),
      ]);
      assert.equal(code, 2, output);
      assert.match(output, /^--event-streams and --no-event-streams: expected one of them\.$/m);
    }
  });
});

describe('a name that no environment has', () => {
  it('is no reason to deploy to it: the right one is suggested', async () => {
    await account.succeeds('deploy', TWO, { env });
    await account.control('DELETE', 'journal');
    const wrong = ['--environment', 'twoo'];
    for (const command of ['upgrade', 'rollback', 'undeploy']) {
      const { code, output } = await account.run(command, [...wrong, '--yes'], { env });
      assert.equal(code, 3, output);
      assert.match(output, /^There are no Functions for twoo\. Did you mean two\? There are some for two\.$/m);
    }
    const upgrade = await account.run('upgrade', [...wrong, '--yes'], { env });
    assert.match(
      upgrade.output,
      /^ {2}npm run deploy -- --environment twoo installs them, and lets Flex call them instead\.$/m,
    );
    assert.deepEqual(await account.changes(), []);
    const { output } = await account.run('doctor', wrong, { env });
    assert.match(
      output,
      /^error.*there are no Functions for the environment twoo, but for two\n +Mend it: .*doctor -- --environment two$/m,
    );
  });
});

describe('npm run undeploy with a wrong name', () => {
  it('changes nothing where nothing is there, and suggests where something is', async () => {
    const flags = await account.customData();
    assert.match(await account.succeeds('undeploy', YES), /^There is nothing to remove: no Functions for dev/m);
    assert.deepEqual(await account.customData(), flags);
    await account.succeeds('deploy', TWO, { env });
    await account.control('DELETE', 'journal');
    const { code, output } = await account.run('undeploy', ['--environment', 'twoo', '--yes']);
    assert.equal(code, 3, output);
    assert.match(output, /There are no Functions for twoo\. Did you mean two\? There are some for two\./);
    assert.deepEqual(await account.changes(), []);
  });
});

describe('what is left without Functions', () => {
  const service = async () => {
    const services = await account.client.serverless.v1.services.list();
    return services.find(({ uniqueName }) => uniqueName === 'park-interaction');
  };

  it('is removed, even by a second run that finds no plugin any more', async () => {
    await account.succeeds('deploy', DEV, { env });
    await account.parks('charlie');
    await account.client.serverless.v1.services((await service()).sid).remove();
    const { output: found } = await account.run('doctor', DEV, { env });
    assert.match(found, /^error +parked .*nobody hears when these customers write, 1: CH/m);
    assert.doesNotMatch(found, /each can wake/);
    const refused = await account.run('undeploy', YES);
    assert.equal(refused.code, 4, refused.output);
    const output = await account.succeeds('undeploy', [...YES, '--abandon-parked']);
    assert.match(output, /^ {2}left over +TaskRouter's event callback, a sink of Event Streams$/m);
    assert.ok(!(await account.workspace().fetch()).eventCallbackUrl);
    assert.deepEqual(await account.client.events.v1.sinks.list(), []);
    assert.match(
      await account.succeeds('undeploy', [...YES, '--abandon-parked']),
      /^There is nothing to remove: no Functions for dev, and nothing that calls some\.$/m,
    );
  });

  it('may be an empty service', async () => {
    await account.succeeds('deploy', DEV, { env });
    const own = account.client.serverless.v1.services((await service()).sid);
    const [environment] = await own.environments.list();
    await own.environments(environment.sid).remove();
    await account.succeeds('undeploy', YES);
    assert.equal(await service(), undefined);
    await account.client.serverless.v1.services.create({ uniqueName: 'park-interaction', friendlyName: 'empty' });
    const output = await account.succeeds('undeploy', YES);
    assert.match(output, /^ {2}left over +an empty service of the Functions$/m);
    assert.equal(await service(), undefined);
  });

  it('is not what Functions of somebody else hear', async () => {
    const eventCallbackUrl = `https://${account.facts.functionsDomain}${functionPaths().restore}`;
    await account.workspace().update({ eventCallbackUrl });
    assert.match(await account.succeeds('undeploy', YES), /^There is nothing to remove/m);
    assert.equal((await account.workspace().fetch()).eventCallbackUrl, eventCallbackUrl);
  });
});
