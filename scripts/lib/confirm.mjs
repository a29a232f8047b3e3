// Asking the person at the terminal.

import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

/**
 * Asks a question with the answers yes and no; the end of the input is a no. Returns true without asking where there is no terminal, as
 * in a script.
 *
 * @param {string} question
 * @param {{ input?: NodeJS.ReadStream, output?: NodeJS.WritableStream }} [terminal]
 */
export async function confirm(question, { input = process.stdin, output = process.stderr } = {}) {
  if (!input.isTTY) return true;
  const lines = createInterface({ input, output });
  try {
    // The terminal gives Ctrl-C to the question, and not to this process.
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    const ended = once(lines, 'close').then(() => '');
    const answer = await Promise.race([lines.question(`${question} [y/N] `), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
