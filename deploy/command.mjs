// What the commands have in common: the command line, the credentials, and how they end.

import { parseArgs } from 'node:util';

import { credentials, environment } from './credentials.mjs';
import { EXIT, WrongUse, explanation } from './outcome.mjs';
import { connect } from './transport.mjs';

/** At most as long as a Twilio domain suffix, and of what may stand in one. */
const ENVIRONMENT = /^[a-z0-9](?:[a-z0-9-]{0,14}[a-z0-9])?$/;

/**
 * Runs a command to its exit code. `options` are those of `parseArgs`, `help` its text; `work` gets
 * `{ client, toolkit, accountSid, env, environment, dryRun, halt, print, options }`.
 */
export async function runCommand({ argv, options, help, print = console.log, env = environment() }, work) {
  try {
    const { values } = parsed(argv, { ...options, help: { type: 'boolean' } });
    if (values.help) {
      print(help);
      return EXIT.done;
    }
    if (options.environment && !ENVIRONMENT.test(values.environment ?? '')) {
      throw new WrongUse('--environment NAME is needed: at most 16 of a-z, 0-9 and -, such as dev.');
    }
    const dryRun = values['dry-run'] ?? false;
    const own = credentials(env);
    const halt = { on: false };
    return await work({
      ...connect(own, { dryRun, print, secrets: [env.FLEX_TOKEN], halt }),
      accountSid: own.accountSid,
      env,
      environment: values.environment,
      dryRun,
      halt,
      print,
      options: values,
    });
  } catch (error) {
    print(explanation(error));
    return Object.values(EXIT).includes(error.code) ? error.code : EXIT.failed;
  }
}

function parsed(argv, options) {
  try {
    return parseArgs({ args: argv, options });
  } catch (error) {
    throw new WrongUse(`${error.message} See --help.`);
  }
}
