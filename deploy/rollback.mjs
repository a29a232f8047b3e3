// `npm run rollback -- --environment NAME`: runs an earlier version again, which Twilio still has. Nothing is built.

import { YES_OPTION, agree, checkCanAsk } from './agreement.mjs';
import { ENVIRONMENT_OPTION, prepare, runCommand } from './command.mjs';
import { fitEventStreams } from './event-streams.mjs';
import { noFunctions } from './functions.mjs';
import { chooseTarget, pluginOf, productVersion, readHistory } from './history.mjs';
import { VERSION_PATH, readInstallation, saidVersion } from './installation.mjs';
import { EXIT, NotReady } from './outcome.mjs';
import { reconcileStep } from './parked/step.mjs';
import { rollbackPlan } from './plan.mjs';
import { registeredVersions, releasePlugin } from './plugin.mjs';
import { inSteps } from './steps.mjs';
import { waitFor } from './verify/waiting.mjs';

const HELP = `Goes back to an earlier version that ran in this environment: its plugin is released, and its build of the Functions runs again.
It shows a plan first, and asks. Nothing is built. A second run goes back one more version.

  npm run rollback -- --environment NAME [--to VERSION] [--yes] [--dry-run] [--simulator]

  --environment NAME  the name with which the Functions were deployed
  --to VERSION        goes back to this version, such as 0.1.0, or to the build with this SID (ZB…); otherwise to the build before
                      the one that runs
  --yes               goes on without a question; needed where there is no terminal, as in a script
  --dry-run           only reads, and shows the plan and every request that would change something
  --simulator         works on the account of a running npm start

Credentials: as for npm run upgrade.

Exit codes:
  0  done
  1  a step failed: what was done before it stays; run the command again with the --to that it names to go on
  2  the command line or the credentials cannot be used; nothing was changed
  3  the account is not ready, or Twilio has nothing to go back to: the message says what there is
  7  you did not confirm; nothing was changed`;

const TARGET = /^(?:\d+\.\d+\.\d+\S*|ZB[0-9a-f]{32})$/;

/** @type {import('./command.mjs').Usage} */
const USAGE = {
  command: 'npm run rollback --',
  help: HELP,
  example: 'npm run rollback -- --environment production --to 0.1.0',
  docs: 'docs/upgrade.md#rollback',
  options: {
    environment: ENVIRONMENT_OPTION,
    to: {
      type: 'string',
      expected: 'a version such as 0.1.0, or the SID of a build, ZB and 32 hexadecimal digits',
      accepts: (to) => TARGET.test(to),
      suggest: (to) => (/^v\d/.test(to) && TARGET.test(to.slice(1)) ? to.slice(1) : undefined),
    },
    yes: YES_OPTION,
    'dry-run': { type: 'boolean' },
  },
};

/** The time in which Twilio runs a deployed build everywhere, and the pause between two looks, in milliseconds. */
const RUNS_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 1_000;

/** @typedef {import('./command.mjs').Command} Command */

/**
 * Runs the command with these arguments. Returns its exit code.
 *
 * @param {string[]} argv
 */
export function run(argv) {
  return runCommand({ argv, usage: USAGE }, async (command) => {
    const { client, environment, print } = command;
    checkCanAsk(command);
    const parts = ['Wasm for the owner', 'npm packages of the Functions'];
    await prepare(parts, print);
    const installation = await readInstallation(command);
    const { found } = installation;
    if (!found?.build) {
      throw new NotReady(`${noFunctions(environment, installation.others)}\n  There is nothing to go back from.`);
    }
    if (installation.live) throw new NotReady(notLive(environment, installation.live.name));
    const target = await findTarget(command, { ...found, buildSid: found.build.sid });
    print(rollbackPlan(installation, { ...target, environment, plugin: target.plugin.version }));
    await agree(command, `Roll ${environment} back?`);
    const code = await inSteps(5, command, async (step) => {
      const { sid: pluginVersionSid, pluginSid, version } = target.plugin;
      await step(`Plugin: release version ${version}`, () => releasePlugin(client, { pluginSid, pluginVersionSid }));
      await step('Functions: run the earlier build', () => runBuild(command, found, target.buildSid));
      await step('Event Streams', () =>
        fitEventStreams({
          ...{ client, print, domain: found.domain, functionPaths: target.paths },
          isWanted: installation.sources.streams,
        }),
      );
      await step('See that they respond', () => seeVersion(command, found.domain, target));
      await step('Reconcile', () => reconcileStep(command, found.domain));
    });
    if (code === EXIT.failed && !command.dryRun)
      print(`To go on: npm run rollback -- --environment ${environment} --to ${target.buildSid}`);
    if (code === EXIT.done && !command.dryRun) {
      print('');
      print('Ask agents to reload Flex: until then, their desktops have the newer plugin.');
      if (!installation.enabled)
        print('Agents cannot park: the flag enabled is not true. npm run flex-config -- enable switches it on.');
      print(
        `npm run doctor, from a clone of the version that runs now, checks it. To go forward again: npm run upgrade.`,
      );
    }
    return code;
  });
}

/**
 * @param {string} environment
 * @param {string} live
 */
const notLive = (environment, live) =>
  `Flex calls the Functions of ${live}, not those of ${environment}, and there is one plugin for both: an older one may not fit ${live}.\n` +
  `  npm run rollback -- --environment ${live} goes back there. npm run deploy -- --environment ${environment} lets Flex call ${environment}.`;

/**
 * Finds the build to go back to, with its plugin. Throws `NotReady` where one of them is not there.
 *
 * @param {Pick<Command, 'client' | 'options'>} command
 * @param {{ serviceSid: string, environmentSid: string, buildSid: string }} running
 */
async function findTarget({ client, options }, running) {
  const [{ builds, deleted }, versions] = await Promise.all([readHistory(client, running), registeredVersions(client)]);
  const known = builds.map((build) => {
    const plugin = pluginOf(build, versions);
    return { ...build, plugin, version: productVersion(build, plugin) };
  });
  const to = options.to === undefined ? undefined : String(options.to);
  const { plugin, ...target } = chooseTarget(known, running.buildSid, { to, deleted });
  if (plugin) return { ...target, plugin };
  throw new NotReady(
    `No version of the plugin is registered that belongs to ${target.buildSid}: it may have been archived.`,
  );
}

/**
 * @param {Pick<Command, 'client'>} command
 * @param {{ serviceSid: string, environmentSid: string, domain: string }} place
 * @param {string} buildSid
 */
async function runBuild({ client }, { serviceSid, environmentSid, domain }, buildSid) {
  const environment = client.serverless.v1.services(serviceSid).environments(environmentSid);
  await environment.deployments.create({ buildSid });
  return `${buildSid} runs at ${domain}`;
}

/**
 * The step that waits until the earlier version says that it is there, where it can.
 *
 * @param {Pick<Command, 'dryRun' | 'print'>} command
 * @param {string} domain
 * @param {{ paths: string[], version?: string }} target
 */
async function seeVersion({ dryRun, print }, domain, { paths, version }) {
  if (dryRun) return 'they would be asked for their version';
  if (!version || !paths.includes(VERSION_PATH))
    return 'this version cannot say that it is there; npm run doctor calls it';
  /** @type {string | undefined} */
  let said;
  const look = async () => {
    said = await saidVersion(domain);
    return said === version ? said : undefined;
  };
  if (await waitFor(look, RUNS_WITHIN_MS, LOOK_EVERY_MS)) return `version ${version} responds`;
  print(`  warning: expected version ${version}, but ${said ?? 'none'} responds. Twilio may need another moment.`);
  return 'not seen yet: npm run doctor looks again';
}
