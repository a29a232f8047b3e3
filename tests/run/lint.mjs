// The checks that read the code without running it. Each counts as one test.

import { messageOf } from '../../scripts/lib/errors.mjs';
import { run } from '../../scripts/lib/exec.mjs';
import { inRoot, root } from '../../scripts/lib/paths.mjs';

/** @param {string} name */
const bin = (name) => inRoot('node_modules', '.bin', name);

const CHECKS = [
  { name: 'rustfmt', command: ['cargo', 'fmt', '--all', '--check'] },
  { name: 'clippy', command: ['cargo', 'clippy', '--workspace', '--all-targets', '--', '-D', 'warnings'] },
  { name: 'prettier', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'eslint', command: [bin('eslint'), '--max-warnings', '0', '.'] },
  { name: 'tsc', command: [bin('tsc'), '--noEmit', '--project', inRoot('js-shim')] },
  { name: 'tsc-node', command: [bin('tsc'), '--project', root] },
  { name: 'tsc-tests', command: [bin('tsc'), '--project', inRoot('tests')] },
];

/** Runs every check. Returns how many passed and failed. */
export async function lint() {
  const tally = { passed: 0, failed: 0 };
  for (const { name, command } of CHECKS) {
    try {
      await run(command[0], command.slice(1), { log: `lint-${name}` });
      tally.passed += 1;
      console.log(`ok: ${name}`);
    } catch (error) {
      tally.failed += 1;
      console.log(`failed: ${name}\n${messageOf(error)}`);
    }
  }
  return tally;
}
