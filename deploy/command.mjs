// Running a command: its command line, its credentials, and its end.

import { helpOf, misuse, readCommandLine } from '../scripts/lib/command-line.mjs';
import { SIMULATOR } from '../scripts/lib/running.mjs';
import { setUp } from '../scripts/setup/index.mjs';
import { credentials, environment } from './credentials.mjs';
import { EXIT, WrongUse, exitCodeOf, explanation } from './outcome.mjs';
import { connect } from './transport.mjs';

/** At most as long as a Twilio domain suffix, and of its letters. */
const ENVIRONMENT = /^[a-z0-9](?:[a-z0-9-]{0,14}[a-z0-9])?$/;

/**
 * The option that names the environment of the Functions.
 *
 * @type {import('../scripts/lib/command-line.mjs').Option}
 */
export const ENVIRONMENT_OPTION = {
  type: 'string',
  required: true,
  expected: 'a name of 1 to 16 of a-z, 0-9 and -, such as production',
  accepts: (name) => ENVIRONMENT.test(name),
  suggest: (name) => {
    const near = name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 16)
      .replaceAll(/^-+|-+$/g, '');
    return near === '' ? undefined : near;
  },
};

/** @typedef {import('../scripts/lib/command-line.mjs').Usage} Usage */

/**
 * A command as it was called.
 *
 * @typedef {object} Command
 * @property {import('./transport.mjs').Client} client
 * @property {import('./transport.mjs').Toolkit} toolkit
 * @property {NodeJS.ProcessEnv} env
 * @property {(string | undefined)[]} secrets are not printed with a request; a step may add one
 * @property {string} environment the name of the Functions' environment; empty for a command without the option
 * @property {boolean} dryRun
 * @property {import('./transport.mjs').Halt} halt
 * @property {(line: string) => void} print
 * @property {{ [name: string]: string | boolean | undefined }} options the values of the command line
 * @property {string[]} words the words of the command line
 */

/**
 * Runs a command and returns its exit code.
 *
 * @param {object} called
 * @param {string[]} called.argv
 * @param {Usage} called.usage
 * @param {(line: string) => void} [called.print]
 * @param {NodeJS.ProcessEnv} [called.env]
 * @param {(command: Command) => Promise<number>} work
 */
export async function runCommand({ argv, usage, print = console.log, env = environment() }, work) {
  try {
    const own = { ...usage, options: { ...usage.options, [SIMULATOR]: { type: /** @type {const} */ ('boolean') } } };
    const { help, values, words } = readCommandLine(argv, own);
    if (help) {
      print(helpOf(usage));
      return EXIT.done;
    }
    // No option is `multiple`, so that no value is a list.
    const options = /** @type {Command['options']} */ (values);
    const dryRun = options['dry-run'] === true;
    const halt = { on: false };
    const secrets = [env.FLEX_TOKEN];
    return await work({
      ...connect(credentials(env), { dryRun, print, secrets, halt }),
      env,
      secrets,
      environment: String(options.environment ?? ''),
      dryRun,
      halt,
      print,
      options,
      words,
    });
  } catch (error) {
    print(error instanceof WrongUse ? misuse(error, usage) : explanation(error));
    return exitCodeOf(error);
  }
}

/**
 * Sets up parts that a command needs. Its lines are indented, as those of a step.
 *
 * @param {string[]} parts
 * @param {(line: string) => void} print
 */
export const prepare = (parts, print) => setUp(parts, { print: (line) => print(`  ${line}`), brief: true });
