// Running a command: its command line, its credentials, and its end.

import { parseArgs } from 'node:util';

import { messageOf } from '../scripts/lib/errors.mjs';
import { credentials, environment } from './credentials.mjs';
import { EXIT, WrongUse, exitCodeOf, explanation } from './outcome.mjs';
import { connect } from './transport.mjs';

/** At most as long as a Twilio domain suffix, and of its letters. */
const ENVIRONMENT = /^[a-z0-9](?:[a-z0-9-]{0,14}[a-z0-9])?$/;

/** @typedef {Record<string, { type: 'string' | 'boolean' }>} Options those of `parseArgs` */

/**
 * A command as it was called.
 *
 * @typedef {object} Command
 * @property {import('./transport.mjs').Client} client
 * @property {import('./transport.mjs').Toolkit} toolkit
 * @property {NodeJS.ProcessEnv} env
 * @property {string} environment the name of the Functions' environment; empty for a command without the option
 * @property {boolean} dryRun
 * @property {import('./transport.mjs').Halt} halt
 * @property {(line: string) => void} print
 * @property {{ [name: string]: string | boolean | undefined }} options the values of the command line
 */

/**
 * Runs a command and returns its exit code.
 *
 * @param {object} called
 * @param {string[]} called.argv
 * @param {Options} called.options
 * @param {string} called.help
 * @param {(line: string) => void} [called.print]
 * @param {NodeJS.ProcessEnv} [called.env]
 * @param {(command: Command) => Promise<number>} work
 */
export async function runCommand({ argv, options, help, print = console.log, env = environment() }, work) {
  try {
    const values = parsed(argv, { ...options, help: { type: 'boolean' } });
    if (values.help) {
      print(help);
      return EXIT.done;
    }
    const name = String(values.environment ?? '');
    if (options.environment && !ENVIRONMENT.test(name)) {
      throw new WrongUse('--environment NAME is needed: at most 16 of a-z, 0-9 and -, such as dev.');
    }
    const dryRun = values['dry-run'] === true;
    const halt = { on: false };
    return await work({
      ...connect(credentials(env), { dryRun, print, secrets: [env.FLEX_TOKEN], halt }),
      env,
      environment: name,
      dryRun,
      halt,
      print,
      options: values,
    });
  } catch (error) {
    print(explanation(error));
    return exitCodeOf(error);
  }
}

/**
 * Parses a command line.
 *
 * @param {string[]} argv
 * @param {Options} options
 * @returns {Command['options']}
 */
function parsed(argv, options) {
  try {
    // No option is `multiple`, so that no value is a list.
    return /** @type {Command['options']} */ (parseArgs({ args: argv, options }).values);
  } catch (error) {
    throw new WrongUse(`${messageOf(error)} See --help.`);
  }
}
