// `npm run parked -- list | report | reconcile | release`: lists what is parked in an account, counts it, mends it, or releases it.

import { setTimeout as sleep } from 'node:timers/promises';

import { onSignal } from '../../scripts/lib/processes.mjs';
import { setUp } from '../../scripts/setup/index.mjs';
import { readAccount } from '../account.mjs';
import { runCommand } from '../command.mjs';
import { loadCore } from '../core.mjs';
import { judge } from '../judgement.mjs';
import { EXIT, NotReady, WrongUse, explanation } from '../outcome.mjs';
import { checkNames } from './names.mjs';
import { describe, listParked, readParked, reportParked } from './list.mjs';
import { inParts, parkedConversations } from './read.mjs';
import { sweep, sweepOne } from './sweep.mjs';

const HELP = `Lists the parked conversations of a Flex account, counts them, mends them, or releases them.

  npm run parked -- list [FILTER]... [--names] [--json | --csv]
  npm run parked -- report [FILTER]... [--json] [--watch [--every SECONDS]]
  npm run parked -- reconcile [FILTER]... [--json]
  npm run parked -- release [FILTER]... [--json]

  list       all parked conversations, first those whose customer wrote and waits for an answer, then those whose time has
             passed: who parked them, how long ago, until when, why, their queue and channel, what their webhook calls, and
             whether their row is there; below that the problems, and what to do about them
  report     how many are parked, have a time ahead, are overdue, and wait unheard, and how old the oldest is: in all, by agent,
             and by queue
  reconcile  lets the Functions check all of them, and mend what is missing
  release    lets the Functions route all of them to agents, as if each customer had written: before the feature is removed

  FILTER leaves out the conversations that do not have it. If nothing is left, the command says so and is done; a name that the
  account does not have is a wrong use.
  --conversation SID  this one
  --agent NAME        parked by this agent: the worker's name or SID
  --queue NAME        parked from this queue: its name or SID
  --reason TEXT       with this text in the reason of the park
  --overdue           their time has passed, and no agent is asked
  --unheard           their customer wrote and waits for an answer

  --names          with the customers' names; otherwise no customer is named
  --json           the result as JSON on standard output; everything else goes to standard error
  --csv            the result as comma-separated values for a spreadsheet, in the same way
  --watch          reports again and again, until Ctrl-C; with --json, one line of JSON each time
  --every SECONDS  the time between two reports, from 5 to 3600; 30 unless it is set
  --simulator      works on the account of a running npm start

Credentials come from the environment or from .env, never from the command line: TWILIO_ACCOUNT_SID, and either
TWILIO_API_KEY with TWILIO_API_SECRET or TWILIO_AUTH_TOKEN. reconcile and release always need TWILIO_AUTH_TOKEN: it signs
their requests to the Functions. The address of these is in Flex's configuration.

Exit codes:
  0  done
  1  a request failed, or some conversations could not be mended or released: run it again
  2  the command line or the credentials cannot be used, or there is no such agent, queue or conversation; nothing was changed
  3  the account or the Functions are not ready: the message says why`;

/** Says what Ctrl-C leaves behind. */
let interrupted = () => 'nothing was changed.';

const EVERY_SECONDS = 30;
/** The least time between two lines of progress, in milliseconds. */
const BETWEEN_LINES_MS = 2_000;

/** @typedef {import('../command.mjs').Command} Command */

/** @type {Record<string, (command: Command) => Promise<number>>} */
const COMMANDS = {
  list,
  report,
  reconcile: (command) => change(command, false),
  release: (command) => change(command, true),
};

/**
 * The words with which an option goes; with all of them, unless it is here.
 *
 * @type {Record<string, string[]>}
 */
const GOES_WITH = { names: ['list'], csv: ['list'], watch: ['report'], every: ['report'] };

/**
 * An example of each command.
 *
 * @type {Record<string, string>}
 */
const EXAMPLES = {
  list: 'npm run parked -- list --agent ada --unheard',
  report: 'npm run parked -- report --queue Support --watch',
  reconcile: 'npm run parked -- reconcile --overdue',
  release: 'npm run parked -- release --agent ada',
};

/** @param {string} text */
const isInterval = (text) => /^\d+$/.test(text) && Number(text) >= 5 && Number(text) <= 3600;

/** @type {import('../command.mjs').Usage} */
const USAGE = {
  command: 'npm run parked --',
  help: HELP,
  example: EXAMPLES.list,
  docs: 'docs/owners.md#parked-conversations',
  words: { what: 'command', least: 1, most: 1, known: Object.keys(COMMANDS) },
  options: {
    conversation: {
      type: 'string',
      expected: 'a SID, CH and 32 hexadecimal digits',
      accepts: (sid) => /^CH[0-9a-f]{32}$/i.test(sid),
    },
    agent: { type: 'string', expected: "a worker's name or SID" },
    queue: { type: 'string', expected: "a queue's name or SID" },
    reason: { type: 'string', expected: 'a part of the reason' },
    overdue: { type: 'boolean' },
    unheard: { type: 'boolean' },
    names: { type: 'boolean' },
    json: { type: 'boolean' },
    csv: { type: 'boolean' },
    watch: { type: 'boolean' },
    every: { type: 'string', expected: 'a number of seconds from 5 to 3600', accepts: isInterval },
  },
};

/**
 * Runs a command line. Returns its exit code.
 *
 * @param {string[]} argv
 */
export function run(argv) {
  onSignal(async () => console.error(`Interrupted: ${interrupted()}`));
  const forPrograms = argv.includes('--json') || argv.includes('--csv');
  const print = forPrograms ? console.error : console.log;
  const called = argv.find((word) => Object.hasOwn(EXAMPLES, word));
  const usage = { ...USAGE, ...(called && { example: EXAMPLES[called] }) };
  return runCommand({ argv, usage, print }, async (command) => {
    const [name] = command.words;
    checkTogether(name, command.options);
    await setUp(['Wasm for the owner'], { print: (line) => console.error(line), brief: true });
    return COMMANDS[name](command);
  });
}

/**
 * Refuses options that do not fit together.
 *
 * @param {string} name
 * @param {Command['options']} options
 */
function checkTogether(name, options) {
  for (const [option, words] of Object.entries(GOES_WITH)) {
    if (options[option] !== undefined && !words.includes(name)) {
      throw new WrongUse(`--${option} does not go with ${name}: expected it with ${words.join(' or ')}.`);
    }
  }
  if (options.json && options.csv) throw new WrongUse('--json and --csv: expected one of them.');
  if (options.every !== undefined && !options.watch) throw new WrongUse('--every needs --watch.');
}

/**
 * Returns the choice of conversations that the options make.
 *
 * @param {Command['options']} options
 * @returns {import('./list.mjs').Choice}
 */
function choiceOf({ conversation, agent, queue, reason, overdue, unheard }) {
  // In any letter case, as the other filters; Twilio knows a SID in one only.
  const sid = conversation && `CH${String(conversation).slice(2).toLowerCase()}`;
  const given = Object.entries({ conversation: sid, agent, queue, reason, overdue, unheard });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** @param {Command} command */
async function list(command) {
  const { client, env, print, options } = command;
  const place = await findPlace(client, env);
  const conversations = await parkedConversations({ client, print }, place);
  const choice = choiceOf(options);
  const found = await readParked(client, conversations, place, { rows: true, told: progress('described') });
  const { parked, text, csv } = describe(found, place, { choice, names: options.names === true });
  const isForPrograms = options.json === true || options.csv === true;
  if (parked.length === 0) await sayNothing(command, { found, place, choice, isForPrograms });
  else if (!isForPrograms) print(text);
  if (options.json) console.log(JSON.stringify(parked, null, 2));
  if (options.csv) process.stdout.write(csv);
  return EXIT.done;
}

/**
 * Says why there is nothing to show. Beside a result for programs it goes to standard error, and only where a filter is the reason.
 *
 * @param {Command} command
 * @param {{ found: object[], place: import('./list.mjs').Place, choice: import('./list.mjs').Choice, isForPrograms: boolean }} read
 */
async function sayNothing({ client, print }, { found, place, choice, isForPrograms }) {
  const said = await nothing(client, found, place, choice);
  if (!isForPrograms || Object.keys(choice).length > 0) print(said);
}

/**
 * Returns a sentence for an empty list. Throws `WrongUse` where the choice names what the account does not have.
 *
 * @param {Command['client']} client
 * @param {object[]} found
 * @param {import('./list.mjs').Place} place
 * @param {import('./list.mjs').Choice} choice
 */
async function nothing(client, found, place, choice) {
  await checkNames(client, place, choice);
  if (found.length === 0) return 'Nothing is parked.';
  /** @type {any[]} any: with the names, which other commands do not read */
  const all = describe(found, place).parked;
  /** @param {string} key */
  const names = (key) => [...new Set(all.map((one) => one[key]).filter(Boolean))].sort().join(', ');
  const hints = [
    choice.agent && { what: 'Agents', known: names('workerName') },
    choice.queue && { what: 'Queues', known: names('queueName') },
  ].map((hint) => hint && hint.known && ` ${hint.what} with something parked: ${hint.known}.`);
  return `Nothing that is parked matches; ${found.length} in all.${hints.filter(Boolean).join('')}`;
}

/** @param {Command} command */
async function report(command) {
  const { options, print } = command;
  if (!options.watch) {
    await reportOnce(command);
    return EXIT.done;
  }
  const everyMs = Number(options.every ?? EVERY_SECONDS) * 1_000;
  for (;;) {
    try {
      if (process.stdout.isTTY) console.clear();
      else if (!options.json) print(`-- ${new Date().toISOString()}`);
      await reportOnce(command);
    } catch (error) {
      if (error instanceof WrongUse) throw error;
      // Twilio may be there again the next time.
      print(explanation(error));
    }
    await sleep(everyMs);
  }
}

/** @param {Command} command */
async function reportOnce(command) {
  const { client, env, print, options } = command;
  const place = await findPlace(client, env);
  const conversations = await parkedConversations({ client, print }, place);
  const choice = choiceOf(options);
  const { found, report, text } = await reportParked(client, conversations, place, {
    choice,
    told: progress('counted'),
  });
  const isForPrograms = options.json === true;
  if (report.parked === 0) await sayNothing(command, { found, place, choice, isForPrograms });
  else if (!isForPrograms) print(text);
  if (options.json) console.log(JSON.stringify(report, null, options.watch ? 0 : 2));
}

/**
 * Returns a function that shows on standard error how far a long run is.
 *
 * @param {string} what
 * @returns {(done: number, all?: number) => void}
 */
function progress(what) {
  let last = Date.now();
  return (done, all) => {
    if (Date.now() - last < BETWEEN_LINES_MS) return;
    last = Date.now();
    console.error(all === undefined ? `  ${done} ${what}` : `  ${done} of ${all} ${what}`);
  };
}

/**
 * Lets the Functions mend or release everything, or what the options choose, and prints the outcomes.
 *
 * @param {Command} command
 * @param {boolean} release
 */
async function change({ client, env, print, options }, release) {
  const authToken = env.TWILIO_AUTH_TOKEN;
  if (!authToken) throw new WrongUse('TWILIO_AUTH_TOKEN is not set: it signs what is asked of the Functions.');
  const place = await findPlace(client, env);
  const choice = choiceOf(options);
  const isChosen = Object.keys(choice).length > 0;
  const done = { lookedAt: 0, changed: 0 };
  interrupted = () => leftOf(done, release);
  /** @param {import('./sweep.mjs').Changed} changed */
  const told = ({ conversationSid, outcome }) => {
    done.changed += 1;
    print(`${conversationSid}  ${outcome}`);
  };
  const tick = progress(isChosen ? 'asked' : 'looked at');
  /** @type {(lookedAt: number, all?: number) => void} */
  const looked = (lookedAt, all) => {
    done.lookedAt = lookedAt;
    tick(lookedAt, all);
  };
  const asked = { domain: place.domain, authToken, release, told, looked };
  const { lookedAt, changed } = isChosen
    ? await sweepChosen({ client, print }, place, choice, asked)
    : await sweep(asked);
  const all = await parkedConversations({ client, print }, place);
  const parked = all.filter(({ isForeign }) => !isForeign);
  const foreign = all.length - parked.length;
  // The sweep may meet one twice, by its record and by its row: the last outcome counts.
  const outcomes = new Map(changed.map(({ conversationSid, outcome }) => [conversationSid, outcome]));
  const { isRefusal } = loadCore();
  const left = new Set([...outcomes].filter(([, outcome]) => isRefusal(outcome)).map(([sid]) => sid));
  if (all.length === 0 && !isChosen) print('Nothing is parked.');
  print(`Looked at conversations and rows: ${lookedAt}, with something to do: ${outcomes.size}.`);
  if (release && !isChosen)
    print(`Waiting for an agent to join: ${parked.filter(({ sid }) => !left.has(sid)).length}.`);
  if (foreign > 0 && !isChosen) {
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
 * Returns what is done and what goes on when a change is interrupted.
 *
 * @param {{ lookedAt: number, changed: number }} done
 * @param {boolean} release
 */
function leftOf({ lookedAt, changed }, release) {
  const kept = release
    ? 'What is routed goes on to agents by itself, and the rest stays parked and wakes as ever.'
    : 'What is mended stays so.';
  return `looked at ${lookedAt}, with something to do: ${changed}. ${kept} A request under way may still be done. Run it again for the rest.`;
}

/** An outcome with which nothing was changed. */
const IGNORED = 'ignored';

/**
 * Lets the Functions mend or release single conversations.
 *
 * @param {import('./read.mjs').Reader} reader
 * @param {import('./list.mjs').Place} place
 * @param {import('./list.mjs').Choice} choice
 * @param {Omit<Parameters<typeof sweep>[0], 'looked'> & { looked: (lookedAt: number, all: number) => void }} asked
 * @returns {ReturnType<typeof sweep>}
 */
async function sweepChosen({ client, print }, place, choice, { told, looked, ...asked }) {
  const sids = await chosenSids({ client, print }, place, choice);
  let done = 0;
  const results = await inParts(sids, async (conversationSid) => {
    const changed = { conversationSid, outcome: await sweepOne({ ...asked, conversationSid }) };
    told(changed);
    looked((done += 1), sids.length);
    return changed;
  });
  return { lookedAt: sids.length, changed: results.filter(({ outcome }) => outcome !== IGNORED) };
}

/**
 * @param {import('./read.mjs').Reader} reader
 * @param {import('./list.mjs').Place} place
 * @param {import('./list.mjs').Choice} choice
 */
async function chosenSids({ client, print }, place, choice) {
  const { conversation, ...others } = choice;
  // The Functions find one by its SID, also where its attributes were wiped.
  if (conversation && Object.keys(others).length === 0) {
    await checkNames(client, place, choice);
    return [conversation];
  }
  const conversations = await parkedConversations({ client, print }, place);
  const found = await readParked(client, conversations, place, { rows: true, told: progress('described') });
  const { parked } = describe(found, place, { choice });
  if (parked.length === 0) print(await nothing(client, found, place, choice));
  return parked.map(({ conversationSid }) => conversationSid);
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
