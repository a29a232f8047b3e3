// Running cargo, and tools that run it, with its own count of compiled crates as progress.

import { run } from './exec.mjs';

const BAR = /^\s*Building \[/;

/**
 * Runs `program` to its end like `run`; `progress` gets `<what>, crate 12 of 80: serde`.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ what: string, progress: (text: string) => void } & import('./exec.mjs').RunOptions} options
 */
export async function runCargo(program, args, { what, progress, env = {}, ...rest }) {
  progress(what);
  await run(program, args, {
    ...rest,
    // Cargo draws its bar on a terminal only, unless told otherwise. The count is in the bar.
    env: { CARGO_TERM_PROGRESS_WHEN: 'always', CARGO_TERM_PROGRESS_WIDTH: '200', ...env },
    noise: BAR,
    onLine(line) {
      const [, done, all, crates] = /Building \[.*\] (\d+)\/(\d+):? ?(.*)/.exec(line) ?? [];
      if (done) progress(`${what}, crate ${done} of ${all}${crates ? `: ${crates.trim()}` : ''}`);
    },
  });
}
