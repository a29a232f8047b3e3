// Runs the Rust program and carries its requests to Twilio. What to do, and what it means, is decided there.

import { createInterface } from 'node:readline';

import { inRoot, made } from '../scripts/lib/paths.mjs';
import { spawnGroup } from '../scripts/lib/processes.mjs';
import { makeClient } from './account.mjs';

/**
 * Runs one command line, such as `['diff', '--environment', 'dev']`; answers its exit code, see `--help`.
 *
 * `env` has the credentials, `client` is the account's official client, `say` and `warn` take each text that is printed.
 */
export async function flexConfig(
  args,
  { env = process.env, client, say = (text) => console.log(text), warn = (text) => console.error(text) } = {},
) {
  const program = spawnGroup(made.flexConfig, args, {
    env: { FLEX_CONFIG_FOLDER: inRoot('flex-config'), ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => {
    program.on('error', (error) => resolve(error.message));
    program.on('close', (code, signal) => resolve(code ?? `ended with ${signal}`));
  });
  // A program that has ended reads no answer any more; how it ended is told below.
  program.stdin.on('error', () => {});

  const carriers = {
    say,
    warn,
    request: async (request) => {
      client ??= makeClient(env);
      program.stdin.write(`${JSON.stringify(await carry(client, request))}\n`);
    },
  };
  try {
    for await (const line of createInterface({ input: program.stdout })) {
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

async function carry(client, request) {
  try {
    const { statusCode, body } = await client.request(request);
    return { answered: { status: statusCode, body } };
  } catch (error) {
    return { unanswered: error.code ?? error.message };
  }
}
