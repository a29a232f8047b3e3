// `npm run parked -- list | report | reconcile | release`: lists what is parked in an account, counts it, mends it, or releases it.

import { readAccount } from '../account.mjs';
import { runCommand } from '../command.mjs';
import { loadCore } from '../core.mjs';
import { judge } from '../judgement.mjs';
import { EXIT, NotReady, WrongUse } from '../outcome.mjs';
import { onSignal } from '../../scripts/lib/processes.mjs';
import { setUp } from '../../scripts/setup/index.mjs';
import { listParked, reportParked } from './list.mjs';
import { parkedConversations } from './read.mjs';
import { sweep } from './sweep.mjs';

const HELP = `Lists the parked conversations of a Flex account, counts them, mends them, or releases them.

  npm run parked -- list [--json]
  npm run parked -- report [--json]
  npm run parked -- reconcile [--json]
  npm run parked -- release [--json]

  list       all parked conversations, first those whose customer wrote and waits for an answer, then those whose time has
             passed: who parked them, how long ago, until when, their queue and channel, what their webhook calls, and whether
             their row is there; below that the problems, and what to do about them
  report     how many are parked, have a time ahead, are overdue, and wait unheard, and how old the oldest is: in all, by agent,
             and by queue
  reconcile  lets the Functions check all of them, and mend what is missing
  release    lets the Functions route all of them to agents, as if each customer had written: before the feature is removed
  --json     the result as JSON on standard output; everything else goes to standard error

Credentials come from the environment or from .env, never from the command line: TWILIO_ACCOUNT_SID, and either
TWILIO_API_KEY with TWILIO_API_SECRET or TWILIO_AUTH_TOKEN. reconcile and release always need TWILIO_AUTH_TOKEN: it signs
their requests to the Functions. The address of these is in Flex's configuration.

Exit codes:
  0  done
  1  a request failed, or some conversations could not be mended or released: run it again
  2  the command line or the credentials cannot be used; nothing was asked of Twilio
  3  the account or the Functions are not ready: the message says why`;

/** @typedef {import('../command.mjs').Command} Command */

/** @type {Record<string, (command: Command) => Promise<number>>} */
const COMMANDS = {
  list,
  report,
  reconcile: (command) => change(command, false),
  release: (command) => change(command, true),
};

/**
 * Runs a command line. Returns its exit code.
 *
 * @param {string[]} args
 */
export function run([name = '', ...options]) {
  onSignal();
  const isKnown = Object.hasOwn(COMMANDS, name);
  const argv = isKnown ? options : [name, ...options].filter((argument) => argument.startsWith('-'));
  const print = argv.includes('--json') ? console.error : console.log;
  return runCommand({ argv, options: { json: { type: 'boolean' } }, help: HELP, print }, async (command) => {
    if (!isKnown) throw new WrongUse('One of list, report, reconcile and release is needed. See --help.');
    await setUp(['Wasm for the owner'], { print: (line) => console.error(line), brief: true });
    return COMMANDS[name](command);
  });
}

/** @param {Command} command */
async function list({ client, env, print, options }) {
  const place = await findPlace(client, env);
  const conversations = await parkedConversations({ client, print }, place);
  const { parked, text } = await listParked(client, conversations, place);
  if (options.json) console.log(JSON.stringify(parked, null, 2));
  else print(parked.length === 0 ? 'Nothing is parked.' : text);
  return EXIT.done;
}

/** @param {Command} command */
async function report({ client, env, print, options }) {
  const place = await findPlace(client, env);
  const conversations = await parkedConversations({ client, print }, place);
  const figures = await reportParked(client, conversations, place);
  if (options.json) console.log(JSON.stringify(figures.report, null, 2));
  else print(figures.report.parked === 0 ? 'Nothing is parked.' : figures.text);
  return EXIT.done;
}

/**
 * Lets the Functions mend or release everything, and prints the outcomes.
 *
 * @param {Command} command
 * @param {boolean} release
 */
async function change({ client, env, print, options }, release) {
  const authToken = env.TWILIO_AUTH_TOKEN;
  if (!authToken) throw new WrongUse('TWILIO_AUTH_TOKEN is not set: it signs what is asked of the Functions.');
  const place = await findPlace(client, env);
  /** @param {import('./sweep.mjs').Changed} changed */
  const told = ({ conversationSid, outcome }) => print(`${conversationSid}  ${outcome}`);
  const { lookedAt, changed } = await sweep({ domain: place.domain, authToken, release, told });
  const all = await parkedConversations({ client, print }, place);
  const parked = all.filter(({ isForeign }) => !isForeign);
  const foreign = all.length - parked.length;
  // The sweep may meet one twice, by its record and by its row: the last outcome counts.
  const outcomes = new Map(changed.map(({ conversationSid, outcome }) => [conversationSid, outcome]));
  const { isRefusal } = loadCore();
  const left = new Set([...outcomes].filter(([, outcome]) => isRefusal(outcome)).map(([sid]) => sid));
  print(`Looked at conversations and rows: ${lookedAt}, with something to do: ${outcomes.size}.`);
  if (release) print(`Waiting for an agent to join: ${parked.filter(({ sid }) => !left.has(sid)).length}.`);
  if (foreign > 0) {
    print(`Parked with another plugin and left alone: ${foreign}. npm run parked -- list names them.`);
  }
  if (options.json) console.log(JSON.stringify({ lookedAt, changed, parked: parked.length, foreign }, null, 2));
  if (left.size === 0) return EXIT.done;
  print(
    `Not dealt with: ${left.size}. docs/operations.md says what the outcomes mean, and where it helps to run it again.`,
  );
  const refused = parked.filter(({ sid }) => left.has(sid));
  const described = await listParked(client, refused, place);
  for (const { conversationSid, notes } of described.parked) {
    for (const { text } of notes) print(`${conversationSid}: ${text}`);
  }
  return EXIT.failed;
}

/**
 * Finds where the product is in the account. Throws `NotReady` where it is not.
 *
 * @param {import('../transport.mjs').Client} client
 * @param {NodeJS.ProcessEnv} env
 */
async function findPlace(client, env) {
  const account = await readAccount(client, env);
  const { problems, facts } = judge(account);
  const domain = account.functionsDomain;
  if (!domain) {
    problems.push("Flex's configuration does not say where the Functions are: has `npm run deploy` been run?");
  }
  if (!facts || !domain) throw new NotReady(problems.join('\n'));
  return { ...facts, domain };
}
