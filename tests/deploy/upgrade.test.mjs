// Upgrade, rollback and removal by their commands: the plans, the orders, the refusals. `tests/upgrade` does them under load.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { functionPaths } from '../../deploy/paths.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { known } from '../support/known.mjs';
import { cloneOf } from './clone.mjs';
import { openAccount } from './support.mjs';

const DEV = ['--environment', 'dev'];
const YES = [...DEV, '--yes'];
const DOMAIN = 'park-interaction-1234-dev.twil.io';
const { version: NEW } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
const OLD = '0.0.9';

let account;
let former;
let functions;
before(async () => {
  account = await openAccount();
  former = cloneOf(OLD);
  functions = await account.runsAlso(former);
});
after(async () => {
  await functions?.stop();
  await account?.stop();
  former?.remove();
});
beforeEach(async () => {
  await account.begin();
  await account.workspace().update({ eventCallbackUrl: '', eventsFilter: '' });
  await account.control('DELETE', 'journal');
});
afterEach(() => account.end());

/** Returns what the Functions say of themselves, and the version of the released plugin. */
async function versions() {
  const response = await fetch(`https://${DOMAIN}/features/park-interaction/version`);
  const { version } = response.ok ? await response.json() : {};
  const [plugin] = await account.activePlugins();
  return [version, plugin?.version];
}

/** Returns the service of the Functions, and its environment. */
async function place() {
  const { services } = account.client.serverless.v1;
  const { sid } = known((await services.list()).find(({ uniqueName }) => uniqueName === 'park-interaction'));
  const [environment] = await services(sid).environments.list();
  return { service: services(sid), environment };
}

const deployFormer = () => account.succeeds('deploy', DEV, { home: former.home });

describe('npm run upgrade', () => {
  it('shows the plan, brings the new version, and reconciles', async () => {
    await deployFormer();
    assert.deepEqual(await versions(), [OLD, OLD]);
    const charlie = await account.parks('charlie');
    const output = await account.succeeds('upgrade', YES);
    for (const expected of [
      /^Plan: upgrade dev$/m,
      new RegExp(`^ {2}there now +Functions ${OLD}, built 20.* UTC, at ${DOMAIN}; plugin ${OLD}$`, 'm'),
      new RegExp(`^ {2}comes +Functions ${NEW}; plugin ${NEW}, or the next free number$`, 'm'),
      /^ {2}parked +1 conversation\. They stay parked/m,
      /^ {2}meaning +A minor version before 1\.0\.0/m,
      /^In this order:\n {2}1\. Functions: .*\n {2}2\. Flex's .*\n {2}3\. Plugin: .*\n {2}4\. Reconcile: /m,
      /^\[(\d+)\/\1\] Reconcile\n {2}looked at \d+, with something to do: 0$/m,
      /^Look at:\n {2}npm run doctor -- --environment dev /m,
    ]) {
      assert.match(output, expected);
    }
    assert.deepEqual(await versions(), [NEW, NEW]);
    assert.equal((await account.conversation('charlie').webhooks.list()).length, 1, charlie);
    const again = await account.succeeds('upgrade', YES);
    assert.match(again, /^ {2}comes +nothing new: the steps check what is there, and mend it$/m);
    assert.match(again, /^ {2}meaning +It is what runs: there will be nothing to go back from\.$/m);
    assert.doesNotMatch(again, /To go back/);
  });

  it('changes nothing in a dry run', async () => {
    await deployFormer();
    await account.control('DELETE', 'journal');
    const output = await account.succeeds('upgrade', [...DEV, '--dry-run']);
    assert.match(
      output,
      /^Plan: upgrade dev$.*would POST .*\/Deployments BuildSid=ZB_new_build_1.*^Nothing was changed\.$/ms,
    );
    assert.deepEqual(await account.changes(), []);
    assert.deepEqual(await versions(), [OLD, OLD]);
  });

  it('refuses an environment without Functions', async () => {
    const { code, output } = await account.run('upgrade', YES);
    assert.equal(code, 3, output);
    assert.match(
      output,
      /^There are no Functions for dev\.\n {2}npm run deploy -- --environment dev installs them\.$/m,
    );
    assert.deepEqual(await account.changes(), []);
  });

  it('warns of an older clone', async () => {
    await account.succeeds('deploy', DEV);
    const plan = await account.succeeds('upgrade', [...DEV, '--dry-run'], { home: former.home });
    assert.match(plan, /^ {2}meaning +It is an OLDER version than the one that runs: npm run rollback/m);
  });
});

describe('npm run rollback', () => {
  it('goes back to the earlier version, the plugin first, and forward again', async () => {
    await deployFormer();
    await account.succeeds('upgrade', YES);
    await account.parks('charlie');
    await account.control('DELETE', 'journal');
    const output = await account.succeeds('rollback', YES);
    for (const expected of [
      /^Plan: roll dev back$/m,
      new RegExp(`^ {2}comes back +Functions ${OLD}, built 20.* UTC \\(ZB\\w+\\); plugin ${OLD}$`, 'm'),
      /^ {2}parked +1 conversation\./m,
      /^What the earlier version does not know:\n {2}it has the same Functions$/m,
      new RegExp(`^\\[4/5\\] See that they respond\\n {2}version ${OLD} responds$`, 'm'),
      /^\[5\/5\] Reconcile\n {2}looked at \d+, with something to do: 0$/m,
    ]) {
      assert.match(output, expected);
    }
    const changes = (await account.changes()).filter((change) => /^POST (flex-api|serverless)\./.test(change));
    assert.deepEqual(
      changes.map((change) => change.replaceAll(/\/[A-Z]{2}[0-9a-f]{32}/g, '')),
      [
        'POST flex-api.twilio.com/v1/PluginService/Configurations',
        'POST flex-api.twilio.com/v1/PluginService/Releases',
        'POST serverless.twilio.com/v1/Services/Environments/Deployments',
      ],
      'the plugin first, and nothing is built',
    );
    assert.deepEqual(await versions(), [OLD, OLD]);

    const { code, output: refused } = await account.run('rollback', YES);
    assert.equal(code, 3, refused);
    assert.match(
      refused,
      /There is nothing to go back to\. Twilio has no older build\.\n {2}Any version can be put there/,
    );
    assert.deepEqual(await versions(), [OLD, OLD]);

    await account.succeeds('upgrade', YES);
    assert.deepEqual(await versions(), [NEW, NEW]);
    const { sinks, subscriptions } = account.client.events.v1;
    for (const { sid } of await subscriptions.list()) await subscriptions(sid).remove();
    for (const { sid } of await sinks.list()) await sinks(sid).remove();
    assert.match(
      await account.succeeds('rollback', [...YES, '--to', OLD]),
      /Event Streams\n {2}are not there, though this version takes them: npm run deploy/,
    );
    assert.deepEqual(await versions(), [OLD, OLD]);
  });

  it('names what there is, where the version is not there, newer, or deleted', async () => {
    await deployFormer();
    const { service, environment } = await place();
    const { buildSid } = await service.environments(environment.sid).fetch();
    await account.succeeds('upgrade', YES);
    const fails = async (args, expected) => {
      const { code, output } = await account.run('rollback', [...YES, ...args]);
      assert.equal(code, 3, output);
      assert.match(output, expected);
    };
    await fails(
      ['--to', '0.0.1'],
      new RegExp(`nothing to go back to for 0\\.0\\.1\\. There are ${OLD} \\(${buildSid}\\)\\.`),
    );
    await account.succeeds('rollback', [...YES, '--to', buildSid]);
    await fails(['--to', NEW], new RegExp(`${NEW} is newer than what runs: npm run upgrade`));
    await account.succeeds('upgrade', YES);
    await service.builds(buildSid).remove();
    await account.control('DELETE', 'journal');
    await fails([], /Twilio has no older build\. Twilio has deleted 1 that ran here\.\n.*git checkout of its tag/);
    assert.deepEqual(await account.changes(), []);
  });

  it('changes nothing in a dry run, and goes on after a failure', async () => {
    await deployFormer();
    await account.succeeds('upgrade', YES);
    await account.control('DELETE', 'journal');
    const output = await account.succeeds('rollback', [...DEV, '--dry-run']);
    assert.match(
      output,
      /would POST .*\/Releases .*would POST .*\/Deployments BuildSid=ZB\w+.*^Nothing was changed\.$/ms,
    );
    assert.deepEqual(await account.changes(), []);
    await account.control('POST', 'faults', { method: 'POST', pathPattern: '/Deployments$', kind: 'status' });
    const failed = await account.run('rollback', YES);
    assert.equal(failed.code, 1, failed.output);
    assert.deepEqual(await versions(), [NEW, OLD], 'the older plugin works with newer Functions');
    const [, args] = known(/^To go on: npm run rollback -- (.*)$/m.exec(failed.output));
    await account.succeeds('rollback', [...args.split(' '), '--yes']);
    assert.deepEqual(await versions(), [OLD, OLD]);
  });
});

describe('npm run undeploy -- --release', () => {
  /** Accepts the offer of a customer's task, and does not settle: the desktop has no plugin any more. */
  async function accepts(id) {
    const { conversationSid } = account.customer(id);
    const { reservations, tasks } = await account.control('GET', 'world');
    const isOfCustomer = ({ task_sid: task, reservation_status: status }) =>
      status === 'pending' &&
      tasks.some(({ sid, attributes }) => sid === task && attributes.conversationSid === conversationSid);
    const offer = reservations.find(isOfCustomer);
    if (offer) await account.control('POST', `reservations/${offer.sid}`, { status: 'accepted' });
  }

  it('routes everything, waits until agents have joined, and removes', async () => {
    await account.succeeds('deploy', DEV);
    const sids = [await account.parks('charlie'), await account.parks('wanda')];
    const accepting = [];
    const output = await account.succeeds('undeploy', [...YES, '--release'], {
      onOutput(text) {
        if (accepting.length === 0 && /2 parked, of which 2 wait/.test(text)) {
          accepting.push(accepts('charlie'), accepts('wanda'));
        }
      },
    });
    await Promise.all(accepting);
    assert.match(output, /^Plan: remove dev$.*^ {2}parked +2 conversations$.*^ {2}then +each is routed to an agent/ms);
    for (const sid of sids) assert.match(output, new RegExp(`^ {2}${sid} {2}routed$.*^ {2}${sid} {2}settled$`, 'ms'));
    assert.match(output, /^\[(\d+)\/\1\] Functions\n {2}removed$/m);
    for (const id of ['charlie', 'wanda']) {
      const { agents, openTasks } = await account.state(id);
      assert.deepEqual([agents.length, openTasks.length], [1, 1]);
      assert.deepEqual(await account.conversation(id).webhooks.list(), []);
    }
  });

  it('ends with 4 when the time is over, and goes on in the next run', async () => {
    await account.succeeds('deploy', DEV);
    const charlie = await account.parks('charlie');
    const { code, output } = await account.run('undeploy', [...YES, '--release', '--wait', '0']);
    assert.equal(code, 4, output);
    assert.match(output, new RegExp(`1 still parked when the time was over: ${charlie}\\.`));
    assert.equal((await account.state('charlie')).openTasks.length, 1);
    await accepts('charlie');
    await account.succeeds('undeploy', [...YES, '--release']);
  });

  it('ends at Ctrl-C, with everything in place that wakes conversations', async () => {
    await account.succeeds('deploy', DEV);
    await account.parks('charlie');
    const { code, output } = await account.run('undeploy', [...YES, '--release'], {
      onOutput(text, child) {
        if (/1 parked, of which 1 waits/.test(text)) child.kill('SIGINT');
      },
    });
    assert.equal(code, 130, output);
    assert.match(output, /^ {2}1 parked, of which 1 waits for an agent to join$/m);
    assert.match(
      output,
      /^Interrupted in step 6 of 9, Parked conversations\. Steps 1 to 5 are done\. What .* goes on by itself/m,
    );
    assert.equal((await account.state('charlie')).openTasks.length, 1);
    const wake = await fetch(`https://${DOMAIN}${functionPaths().wake}`, { method: 'POST' });
    assert.equal(wake.status, 403, 'it is there, for Twilio alone');
  });

  it('stops at what the Functions refuse to release', async () => {
    await account.succeeds('deploy', DEV);
    await account.parks('charlie');
    await account.control('POST', 'faults', {
      ...{ method: 'POST', pathPattern: '/Invites$', kind: 'status', status: 400, code: 20001, times: 0 },
    });
    const { code, output } = await account.run('undeploy', [...YES, '--release']);
    assert.equal(code, 4, output);
    assert.match(output, /twilioRefused.*The Functions refused to release 1: CH/s);
    await account.control('DELETE', 'faults');
  });

  it('changes nothing in a dry run', async () => {
    await account.succeeds('deploy', DEV);
    await account.parks('charlie');
    await account.control('DELETE', 'journal');
    const output = await account.succeeds('undeploy', [...DEV, '--release', '--dry-run']);
    assert.match(output, /1 would be routed to agents.*would DELETE .*\/Environments\/ZE/s);
    assert.deepEqual(await account.changes(), []);
  });

  it('lets a deployment bring the Function that parks back', async () => {
    await account.succeeds('deploy', DEV);
    await account.parks('charlie');
    assert.equal((await account.run('undeploy', YES)).code, 4);
    const back = await account.succeeds('rollback', YES);
    assert.match(back, /^ {2}switched off +agents cannot park, since the flag enabled is not true/m);
    assert.match(back, /^Agents cannot park: .*npm run flex-config -- enable switches it on\.$/m);
    await account.succeeds('deploy', DEV);
    await account.control('DELETE', 'journal');
    await account.succeeds('deploy', DEV);
    assert.deepEqual(await account.changes(), []);
  });
});

describe('a command with a plan', () => {
  it('asks nothing of Twilio where it cannot ask, or the command line is wrong', async () => {
    for (const [command, args, expected] of /** @type {[string, string[], RegExp][]} */ ([
      ['upgrade', DEV, /^There is no terminal to ask at: expected --yes/m],
      ['rollback', DEV, /^There is no terminal to ask at/m],
      ['undeploy', DEV, /^There is no terminal to ask at/m],
      ['upgrade', [], /^--environment is missing/m],
      ['upgrade', [...DEV, '--yse'], /^--yse is no option here\. Did you mean --yes\?/m],
      [
        'rollback',
        [...YES, '--to', 'v0.1.0'],
        /^--to v0\.1\.0: expected a version such as .* Did you mean 0\.1\.0\?$/m,
      ],
      ['undeploy', [...YES, '--relaese'], /^--relaese is no option here\. Did you mean --release\?/m],
      ['undeploy', [...YES, '--wait', '5'], /^--wait needs --release\.$/m],
      [
        'undeploy',
        [...YES, '--release', '--wait', '2000'],
        /^--wait 2000: expected a number of minutes from 0 to 1440\.$/m,
      ],
      [
        'undeploy',
        [...YES, '--release', '--abandon-parked'],
        /^--release and --abandon-parked: expected one of them\.$/m,
      ],
    ])) {
      const { code, output } = await account.run(command, args);
      assert.equal(code, 2, output);
      assert.match(output, expected);
      assert.match(
        output,
        new RegExp(
          `^Example: npm run ${command} -- .*\\nHelp: npm run ${command} -- --help, or docs/upgrade\\.md`,
          'm',
        ),
      );
    }
    const { requests } = await account.control('GET', 'journal');
    assert.deepEqual(requests, []);
  });

  it('has help with exit codes', async () => {
    for (const command of ['upgrade', 'rollback', 'undeploy']) {
      assert.match(
        await account.succeeds(command, ['--help']),
        /^Exit codes:\n {2}0 .*^ {2}7 .*^More: docs\/upgrade\.md/ms,
      );
    }
  });
});
