// Asking the owner before something is changed. A script has no terminal to answer at, and says --yes.

import { confirm } from '../scripts/lib/confirm.mjs';
import { NotConfirmed, WrongUse } from './outcome.mjs';

/** @typedef {Pick<import('./command.mjs').Command, 'options' | 'dryRun'>} Command */

/**
 * The option that answers the question beforehand.
 *
 * @type {import('../scripts/lib/command-line.mjs').Option}
 */
export const YES_OPTION = { type: 'boolean' };

/**
 * Throws where the command could not ask: before anything is read.
 *
 * @param {Command} command
 * @param {{ isTTY?: boolean }} [input]
 */
export function checkCanAsk({ options, dryRun }, input = process.stdin) {
  if (dryRun || options.yes || input.isTTY) return;
  throw new WrongUse(
    'There is no terminal to ask at: expected --yes, which goes on without a question, or --dry-run, which changes nothing.',
  );
}

/**
 * Asks, unless that was answered beforehand. Throws where the answer is not yes.
 *
 * @param {Command} command
 * @param {string} question
 * @param {(question: string) => Promise<boolean>} [ask]
 */
export async function agree({ options, dryRun }, question, ask = confirm) {
  if (dryRun || options.yes) return;
  if (!(await ask(question))) throw new NotConfirmed('Nothing was changed.');
}
