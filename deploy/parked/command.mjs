// `npm run parked -- list | reconcile | release`: what is parked in an account, and getting it back.

import { readAccount } from '../account.mjs';
import { runCommand } from '../command.mjs';
import { loadCore } from '../core.mjs';
import { judge } from '../judgement.mjs';
import { EXIT, NotReady, WrongUse } from '../outcome.mjs';
import { onSignal } from '../../scripts/lib/processes.mjs';
import { setUp } from '../../scripts/setup/index.mjs';
import { listParked } from './list.mjs';
import { parkedConversations } from './read.mjs';
import { sweep } from './sweep.mjs';

const HELP = `Shows what is parked in a Flex account, mends it, or gets all of it back.

  npm run parked -- list [--json]
  npm run parked -- reconcile [--json]
  npm run parked -- release [--json]

  list       all parked conversations, first those whose customer wrote and waits for an answer: who parked them, how long
             ago, their queue and channel, what their webhook calls, and whether their row is there; below that what is not as
             it should be, and what to do about it
  reconcile  lets the Functions look over all of them, and mend what is missing
  release    lets the Functions route all of them to agents, as if each customer had written: before the feature is removed
  --json     the result as JSON on standard output; everything else goes to standard error

Credentials come from the environment or from .env, never from the command line: TWILIO_ACCOUNT_SID, and either
TWILIO_API_KEY with TWILIO_API_SECRET or TWILIO_AUTH_TOKEN. reconcile and release need TWILIO_AUTH_TOKEN in any case: it
signs what they ask of the Functions. Where those are, Flex's configuration says.

Exit codes:
  0  done
  1  a request failed, or some conversations could not be dealt with: run it again
  2  the command line or the credentials cannot be used; nothing was asked of Twilio
  3  the account or the Functions are not ready, the message says for what`;

const COMMANDS = { list, reconcile: (state) => change(state, false), release: (state) => change(state, true) };

/** Runs a command line to its exit code. */
export function run([command = '', ...options]) {
  onSignal();
  const isKnown = Object.hasOwn(COMMANDS, command);
  const argv = isKnown ? options : [command, ...options].filter((argument) => argument.startsWith('-'));
  const print = argv.includes('--json') ? console.error : console.log;
  return runCommand({ argv, options: { json: { type: 'boolean' } }, help: HELP, print }, async (state) => {
    if (!isKnown) throw new WrongUse('One of list, reconcile and release is needed. See --help.');
    await setUp(['Wasm for the owner'], { print: (line) => console.error(line), brief: true });
    return COMMANDS[command](state);
  });
}

async function list(state) {
  const place = await findPlace(state);
  const { parked, text } = await listParked(state, await parkedConversations(state, place), place);
  if (state.options.json) console.log(JSON.stringify(parked, null, 2));
  else state.print(parked.length === 0 ? 'Nothing is parked.' : text);
  return EXIT.done;
}

async function change(state, release) {
  const { print } = state;
  const authToken = state.env.TWILIO_AUTH_TOKEN;
  if (!authToken) throw new WrongUse('TWILIO_AUTH_TOKEN is not set: it signs what is asked of the Functions.');
  const place = await findPlace(state);
  const told = ({ conversationSid, outcome }) => print(`${conversationSid}  ${outcome}`);
  const { lookedAt, changed } = await sweep({ domain: place.domain, authToken, release, told });
  const all = await parkedConversations(state, place);
  const parked = all.filter(({ isForeign }) => !isForeign);
  // One may be met twice, by its record and by its row: what came of it last counts.
  const outcomes = new Map(changed.map(({ conversationSid, outcome }) => [conversationSid, outcome]));
  const left = [...outcomes.keys()].filter((sid) => loadCore().isRefusal(outcomes.get(sid)));
  print(`Looked at conversations and rows: ${lookedAt}, with something to do: ${outcomes.size}.`);
  if (release) print(`Waiting for an agent to join: ${parked.filter(({ sid }) => !left.includes(sid)).length}.`);
  if (all.length > parked.length) {
    print(
      `Parked with another plugin and left alone: ${all.length - parked.length}. npm run parked -- list names them.`,
    );
  }
  if (state.options.json) {
    console.log(
      JSON.stringify({ lookedAt, changed, parked: parked.length, foreign: all.length - parked.length }, null, 2),
    );
  }
  if (left.length === 0) return EXIT.done;
  print(
    `Not dealt with: ${left.length}. docs/operations.md says what the outcomes mean, and where it helps to run it again.`,
  );
  const described = await listParked(
    state,
    parked.filter(({ sid }) => left.includes(sid)),
    place,
  );
  for (const { conversationSid, notes } of described.parked) {
    for (const { text } of notes) print(`${conversationSid}: ${text}`);
  }
  return EXIT.failed;
}

/** Where things are in the account: `workspaceSid`, `syncSid`, and the Functions' `domain`. */
async function findPlace({ client, env }) {
  const account = await readAccount(client, env);
  const { problems, facts } = judge(account);
  const { functionsDomain: domain } = account;
  if (!domain)
    problems.push("Flex's configuration does not say where the Functions are: has `npm run deploy` been run?");
  if (problems.length > 0) throw new NotReady(problems.join('\n'));
  return { ...facts, domain };
}
