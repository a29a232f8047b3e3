// Runs the Rust program, which decides, and carries its requests to Twilio.

import { createInterface } from 'node:readline';

import { asThrown } from '../scripts/lib/errors.mjs';
import { inRoot, made } from '../scripts/lib/paths.mjs';
import { spawnGroup } from '../scripts/lib/processes.mjs';
import { makeClient } from './account.mjs';

/**
 * Runs one command line, such as `['diff', '--environment', 'dev']`. Returns its exit code, see `--help`.
 *
 * @param {string[]} args
 * @param {object} [options]
 * @param {NodeJS.ProcessEnv} [options.env] the credentials
 * @param {import('twilio').Twilio} [options.client] the account's official client
 * @param {(text: string) => void} [options.say] takes each printed text
 * @param {(text: string) => void} [options.warn] takes each text for standard error
 * @param {(question: string) => Promise<boolean>} [options.confirm] returns whether a change is written
 * @param {() => void} [options.writing] is called before each request that changes something
 * @returns {Promise<number>}
 */
export async function flexConfig(
  args,
  {
    env = process.env,
    client,
    say = (text) => console.log(text),
    warn = (text) => console.error(text),
    confirm = async () => true,
    writing = () => {},
  } = {},
) {
  const program = spawnGroup(made.flexConfig, args, {
    env: { FLEX_CONFIG_FOLDER: inRoot('flex-config'), ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  /** @type {Promise<number | string>} the exit code, or why there is none */
  const ended = new Promise((resolve) => {
    program.on('error', (error) => resolve(error.message));
    program.on('close', (code, signal) => resolve(code ?? `ended with ${signal}`));
  });
  // Both are there: they are pipes.
  const stdin = /** @type {import('node:stream').Writable} */ (program.stdin);
  const stdout = /** @type {import('node:stream').Readable} */ (program.stdout);
  // A program that has ended reads nothing any more; how it ended is handled below.
  stdin.on('error', () => {});

  /** @type {Record<string, (value: any) => void | Promise<void>>} any: the program sends to each what it takes */
  const carriers = {
    say,
    warn,
    /** @param {string} question */
    confirm: async (question) => {
      stdin.write(`${JSON.stringify(await confirm(question))}\n`);
    },
    /** @param {ClientRequest} request */
    request: async (request) => {
      client ??= makeClient(env);
      if (request.method !== 'get') writing();
      stdin.write(`${JSON.stringify(await carry(client, request))}\n`);
    },
  };
  try {
    for await (const line of createInterface({ input: stdout })) {
      const [[kind, value]] = Object.entries(JSON.parse(line));
      await carriers[kind](value);
    }
    const code = await ended;
    if (typeof code === 'string') throw new Error(`${made.flexConfig}: ${code}`);
    return code;
  } finally {
    program.kill();
  }
}

/**
 * Sends a request. Returns the report that the program reads.
 *
 * @typedef {Parameters<import('twilio').Twilio['request']>[0]} ClientRequest
 * @param {import('twilio').Twilio} client
 * @param {ClientRequest} request
 */
async function carry(client, request) {
  try {
    const { statusCode, body } = await client.request(request);
    return { answered: { status: statusCode, body } };
  } catch (error) {
    const { code, message } = asThrown(error);
    return { unanswered: code ?? message };
  }
}
