// Asking the person at the terminal.

import { createInterface } from 'node:readline/promises';

/**
 * Asks a question with the answers yes and no. Returns true without asking where there is no terminal, as in a script.
 *
 * @param {string} question
 * @param {{ input?: NodeJS.ReadStream, output?: NodeJS.WritableStream }} [terminal]
 */
export async function confirm(question, { input = process.stdin, output = process.stderr } = {}) {
  if (!input.isTTY) return true;
  const lines = createInterface({ input, output });
  try {
    const answer = await lines.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
