// The checks that read the code without running it. Each counts as one test.

import { messageOf } from '../../scripts/lib/errors.mjs';
import { run } from '../../scripts/lib/exec.mjs';
import { inRoot, root } from '../../scripts/lib/paths.mjs';
import { translations } from './translations.mjs';

/** @param {string} name */
const bin = (name) => inRoot('node_modules', '.bin', name);

const CHECKS = [
  { name: 'rustfmt', command: ['cargo', 'fmt', '--all', '--check'] },
  { name: 'clippy', command: ['cargo', 'clippy', '--workspace', '--all-targets', '--', '-D', 'warnings'] },
  {
    name: 'rustdoc',
    command: ['cargo', 'doc', '--workspace', '--no-deps', '--document-private-items'],
    env: { RUSTDOCFLAGS: '-D warnings' },
  },
  { name: 'oldest Rust', command: [process.execPath, inRoot('tests', 'run', 'oldest-rust.mjs')] },
  { name: 'prettier', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'eslint', command: [bin('eslint'), '--max-warnings', '0', '.'] },
  { name: 'tsc', command: [bin('tsc'), '--noEmit', '--project', inRoot('js-shim')] },
  { name: 'tsc-node', command: [bin('tsc'), '--project', root] },
  { name: 'docs', command: [process.execPath, inRoot('scripts', 'docs.mjs')] },
  { name: 'tsc-tests', command: [bin('tsc'), '--project', inRoot('tests')] },
];

/** Advisories are left out: their database changes without us, so `.github/workflows/advisories.yml` asks for them. */
const DENY = ['--workspace', '--locked', 'check', '--hide-inclusion-graph', 'licenses', 'bans', 'sources'];

/** Runs all checks. `cargoDeny` is the set-up's: `{ program }`, or `{ why }` there is none. */
export async function lint({ cargoDeny }) {
  const tally = { passed: 0, failed: 0 };
  const checks = [
    ...CHECKS,
    ...(cargoDeny.program ? [{ name: 'cargo-deny', command: [cargoDeny.program, ...DENY] }] : []),
  ];
  for (const { name, command, env } of checks) {
    try {
      await run(command[0], command.slice(1), { log: `lint-${name.replaceAll(' ', '-')}`, env });
      tally.passed += 1;
      console.log(`ok: ${name}`);
    } catch (error) {
      tally.failed += 1;
      console.log(`failed: ${name}\n${messageOf(error)}`);
    }
  }
  if (cargoDeny.why) console.log(`skipped: cargo-deny, and with it the licences of crates: ${cargoDeny.why}`);
  const { passed, failed } = await translations();
  return { passed: tally.passed + passed, failed: tally.failed + failed };
}
