// Parts of the tests that cargo runs: the tests of some source files, or those with some names.
//
// Test programs of Rust take only one filter for names, or exact names. So they are asked for their list first.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { run } from '../../scripts/lib/exec.mjs';
import { inRoot, root } from '../../scripts/lib/paths.mjs';
import { runTests } from './runner.mjs';
import { sum, tallyCargo, verdict } from './tally.mjs';
import { wasmCommand, wasmTests } from './wasm.mjs';

const WASM = join('tests', 'wasm');

/** Returns the source files of all native test programs, as paths from the root. */
export const nativeFiles = () => programs().flatMap(({ folder }) => sourcesBelow(folder));

/** Returns the source files of the tests in a browser, as paths from the root. */
export const wasmFiles = () => sourcesBelow(WASM);

/** Runs native tests: those in `files`, or in all programs; of these the tests whose name matches `name`. */
export async function nativePart({ files, name }) {
  const tallies = [];
  for (const { folder, args } of files ? programs() : [{ folder: '', args: ['--workspace', '--tests'] }]) {
    const within = files?.filter((file) => isBelow(folder, file));
    if (within?.length === 0) continue;
    const names = (await listed('cargo', ['test', ...args, '--', '--list'])).filter(
      isChosen({ folder, files: within, name }),
    );
    if (names.length === 0) continue;
    const exactly = ['test', ...args, '--', '--exact', ...names];
    tallies.push(await runTests('cargo', exactly, { log: 'native-part', count: tallyCargo }));
  }
  return tallies.length > 0 ? sum(tallies) : verdict({ passed: 0, failed: 0 }, { runnerFailed: false });
}

/** Runs tests in a browser, chosen in the same way. Their runner takes one name, or the names that it leaves out. */
export async function wasmPart({ files, name }, { wasmEnv, browser }) {
  const all = await listed('wasm-pack', wasmCommand(browser, ['--list']), wasmEnv);
  const isWanted = isChosen({ folder: WASM, files, name });
  const others = all.filter((one) => !isWanted(one));
  if (others.length === all.length) return verdict({ passed: 0, failed: 0 }, { runnerFailed: false });
  const skipped = others.flatMap((one) => ['--skip', one]);
  return wasmTests({ wasmEnv, browser }, { args: ['--exact', ...skipped], log: 'wasm-part' });
}

/** Returns the native test programs of the workspace: the folder of the sources, and cargo's options for the program. */
function programs() {
  const { status, stdout, stderr } = spawnSync('cargo', ['metadata', '--no-deps', '--format-version', '1'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`cargo metadata failed: ${stderr}`);
  const found = JSON.parse(stdout).packages.flatMap((one) =>
    one.targets
      .filter(({ kind }) => !['bench', 'custom-build', 'example'].includes(kind[0]))
      .map(({ kind, name, src_path: main }) => ({
        folder: relative(root, dirname(main)),
        args: ['--package', one.name, ...targetOption(kind[0], name)],
      })),
  );
  return found.filter(({ folder }) => folder !== WASM);
}

function targetOption(kind, name) {
  if (kind === 'bin' || kind === 'test') return [`--${kind}`, name];
  return ['--lib'];
}

const sourcesBelow = (folder) =>
  readdirSync(inRoot(folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.rs'))
    .sort()
    .map((file) => join(folder, file));

const isBelow = (folder, file) => file.startsWith(`${folder}/`);

/**
 * Returns a function that returns true for the name of a chosen test, such as `sync::maps::tests::expires`.
 *
 * A test belongs to the file of the longest module path with which its name begins.
 *
 * @param {{ folder?: string, files?: string[], name?: string, sources?: string[] }} choice
 * @returns {(test: string) => boolean}
 */
export function isChosen({ folder = '', files, name, sources }) {
  const pattern = new RegExp(name ?? '');
  if (!files) return (test) => pattern.test(test);
  const modules = (sources ?? sourcesBelow(folder))
    .map((file) => ({ file, path: modulePath(relative(folder, file)) }))
    .sort((one, other) => other.path.length - one.path.length);
  const fileOf = (test) => modules.find(({ path }) => path === '' || test.startsWith(`${path}::`))?.file ?? '';
  return (test) => pattern.test(test) && files.includes(fileOf(test));
}

/** Returns the path of a file's module in its crate. */
function modulePath(file) {
  const words = file.replace(/\.rs$/, '').split('/');
  if (['lib', 'main', 'mod'].includes(words.at(-1))) words.pop();
  return words.join('::');
}

/** Lists a program's tests, which it may have to compile first. */
async function listed(program, args, env) {
  /** @type {string[]} */
  const names = [];
  await run(program, args, {
    log: 'test-list',
    env,
    onLine(line) {
      const [, name] = /^(\S+): test$/.exec(line) ?? [];
      if (name) names.push(name);
      else if (/^\s+(?:Compiling|Finished|Blocking) /.test(line)) console.log(line);
    },
  });
  return names;
}
