// `npm run verify:account -- --environment NAME`: tries the product's assumptions about Twilio in a real account.

import { randomBytes } from 'node:crypto';
import { accessSync, constants, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { onSignal } from '../scripts/lib/processes.mjs';
import { checkAccount } from './account.mjs';
import { ENVIRONMENT_OPTION, prepare, runCommand } from './command.mjs';
import { findFunctions } from './functions.mjs';
import { EXIT, NotReady, WrongUse, explanation } from './outcome.mjs';
import { provideAgent } from './verify/agent.mjs';
import { askReadings } from './verify/asking/index.mjs';
import { newCleanup } from './verify/cleanup.mjs';
import { newFindings } from './verify/readings.mjs';
import { newReport } from './verify/report.mjs';
import { openStage } from './verify/stage.mjs';
import { closed, inviteByHand, limits, parkAndWake, replay, resumeAndDecline } from './verify/story.mjs';

const HELP = `Tries Park Interaction's assumptions about Twilio in a Flex account, through the deployed Functions, and prints what was
expected and what was seen. Then it tries what Twilio documents nowhere, by the names of the simulator's readings
(simulator/README.md). It takes about seven minutes and costs a few messages and tasks.

  npm run verify:account -- --environment NAME [--only assumptions|readings] [--report FILE] [--simulator]

  --only PART    the assumptions only (about five minutes), or the readings only (about three)
  --report FILE  writes the readings as JSON, with the product's version and the date: no SID, no secret and nothing of
                 a customer. Attach it to a bug report; npm start -- --readings FILE runs the product with them here.
  --simulator    tries the account of a running npm start

It makes a Flex user with a worker, task queues, workflows, interactions and conversations of its own, named
park-interaction-trial-…, and removes them at the end, also after a failure and after Ctrl-C. No other worker gets an offer,
and no other conversation is changed.

Credentials: as for npm run deploy. The user and their token are made with Twilio's Flex User API, a public beta. Where your
account does not have it, set FLEX_TOKEN to the token of somebody who is signed in to Flex and takes no work meanwhile:
in their browser's console, Twilio.Flex.Manager.getInstance().user.token.

Exit codes:
  0  everything is as expected
  1  it could not be finished; the tables say what was not checked
  2  the command line or the credentials cannot be used; nothing was changed
  3  the account is not ready: the message says why
  5  an assumption does not hold; readings do not count`;

/** Values of `--only`. */
const ASSUMPTIONS = 'assumptions';
const READINGS = 'readings';

/**
 * In order. A part that stands `alone` is tried even when a part before it failed.
 *
 * @type {{ what: string, run: (stage: Stage, see: See, cleanup: Cleanup) => Promise<void>, alone?: boolean }[]}
 */
const PARTS = [
  { what: 'park, wake, settle', run: parkAndWake },
  { what: 'resume, decline, wake', run: resumeAndDecline },
  { what: 'an invite by hand', run: inviteByHand },
  { what: 'replay of older messages', run: replay, alone: true },
  { what: 'limits and error codes', run: limits, alone: true },
  { what: 'a closed conversation', run: closed, alone: true },
];

/**
 * @typedef {import('./verify/stage.mjs').Trial} Trial
 * @typedef {import('./verify/stage.mjs').Stage} Stage
 * @typedef {import('./verify/report.mjs').See} See
 * @typedef {import('./verify/cleanup.mjs').Cleanup} Cleanup
 */

/**
 * The parts that the command line names, and the file of the report.
 *
 * @typedef {{ assumptions: boolean, readings: boolean, report?: string }} Wanted
 */

/** @type {import('./command.mjs').Usage} */
const USAGE = {
  command: 'npm run verify:account --',
  help: HELP,
  example: 'npm run verify:account -- --environment production --report readings.json',
  docs: 'docs/operations.md#trying-an-account',
  options: {
    environment: ENVIRONMENT_OPTION,
    only: { type: 'string', known: [ASSUMPTIONS, READINGS] },
    report: { type: 'string', expected: 'the name of a file' },
  },
};

/**
 * Runs the command with these arguments. Returns its exit code.
 *
 * @param {string[]} argv
 */
export const run = (argv) => runCommand({ argv, usage: USAGE }, verify);

/** @param {import('./command.mjs').Command} command */
async function verify(command) {
  const { print, client, env, environment, halt, options } = command;
  const wanted = wantedOf(options);
  await prepare(['Wasm for the owner'], print);
  const { account, workspaceSid, syncSid } = await checkAccount(command);
  const found = await findFunctions(command);
  if (!found) throw new NotReady(`There are no Functions for ${environment}: npm run deploy first.`);
  const name = `park-interaction-trial-${randomBytes(4).toString('hex')}`;
  const workspace = client.taskrouter.v1.workspaces(workspaceSid);
  const sids = { workspaceSid, syncSid };
  const trial = { client, env, print, halt, account, ...sids, domain: found.domain, name, workspace };
  const cleanup = newCleanup(print);
  const report = newReport();
  const findings = newFindings();
  const ended = tell({ trial, cleanup, report, findings, wanted });
  onSignal(async () => {
    print('Stopping: no more trials. What they have made is removed first, which takes some seconds.');
    // Requests that have been sent may still make something, which is removed too.
    halt.on = true;
    await ended;
  });
  return ended;
}

/**
 * Reads the options. Throws `WrongUse` where they do not fit together.
 *
 * @param {import('./command.mjs').Command['options']} options
 * @returns {Wanted}
 */
function wantedOf({ only, report: file }) {
  // An option of the type `string`.
  const report = file === undefined ? undefined : String(file);
  if (report !== undefined && only === ASSUMPTIONS) {
    throw new WrongUse('--report FILE holds readings: expected no --only assumptions beside it.');
  }
  // Now, and not after minutes.
  if (report !== undefined) checkWritable(report);
  return { assumptions: only !== READINGS, readings: only !== ASSUMPTIONS, report };
}

/** @param {string} file */
function checkWritable(file) {
  const folder = dirname(resolve(file));
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new WrongUse(
      `--report ${file} cannot be written: expected a file in a folder that is there and can be written.`,
    );
  }
}

/**
 * Sets up, tries everything, and tidies up whatever happened. Returns the exit code.
 *
 * @param {object} parts
 * @param {Trial} parts.trial
 * @param {Cleanup} parts.cleanup
 * @param {ReturnType<typeof newReport>} parts.report
 * @param {import('./verify/readings.mjs').Findings} parts.findings
 * @param {Wanted} parts.wanted
 */
async function tell({ trial, cleanup, report, findings, wanted }) {
  const { print, halt } = trial;
  let broken = false;
  /** @param {unknown} error */
  const failed = (error) => {
    broken = true;
    print(`  FAILED: ${explanation(error)}`);
  };
  try {
    print(`Setting up ${trial.name}`);
    const agent = await provideAgent(trial, cleanup);
    const stage = await openStage(trial, agent, cleanup);
    for (const { what, run, alone } of wanted.assumptions ? PARTS : []) {
      if (halt.on || (broken && !alone)) continue;
      print(`Trying: ${what}`);
      await run(stage, report.see, cleanup).catch(failed);
    }
    if (wanted.readings && !halt.on) {
      print('Asking: the readings');
      if (!(await askReadings(stage, findings, cleanup))) broken = true;
    }
  } catch (error) {
    failed(error);
  }
  halt.on = false;
  print('Tidying up');
  const left = await cleanup.all();
  if (left.length > 0) print(`  left behind, remove it in the Console: ${left.join(', ')}`);
  if (wanted.assumptions) print(`\n${report.table()}`);
  if (wanted.readings) print(`\n${findings.table()}`);
  if (wanted.report !== undefined) {
    writeFileSync(wanted.report, `${JSON.stringify(findings.report(), null, 2)}\n`);
    print(`\nThe readings are in ${wanted.report}.`);
  }
  if (broken || left.length > 0) return EXIT.failed;
  return !wanted.assumptions || report.allAsExpected ? EXIT.done : EXIT.differs;
}
