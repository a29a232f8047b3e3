// The tiers of tests, in the order in which they run: what is quick and what the rest builds on comes first.

import { TO_RUN } from '../../scripts/setup/index.mjs';
import { browserSample, browserTests } from './browser.mjs';
import { bundle } from './bundle.mjs';
import { lint } from './lint.mjs';
import { nodeTests } from './node.mjs';
import { runTests } from './runner.mjs';
import { sum, tallyCargo, tallyModel } from './tally.mjs';
import { wasmTests } from './wasm.mjs';

/** In the samples of tiers of Node's runner, the distance from one test of a file to the next. */
const EVERY = { functions: 3, deploy: 5 };
/** More at once than Twilio's limits let through, yet not for long. */
const SHORT_LOAD = { conversations: 100, rate: 40, minutes: 5 };
/** A short form of its appointments. */
const SHORT_DUE = { appointments: 60, withinMs: 10_000, rate: 20 };
/** The numbers of rows of pairs of readings, in the tier and in its sample. */
const ROWS = 7;
const FEW_ROWS = 4;

/**
 * Each: its name, what it tests, the steps of the set-up that it needs, and `run({ wasmEnv, browser })`, which returns
 * `{ passed, failed, why? }`. A tier that takes long has a `sample` too, which returns the same: `npm test` runs that, unless the tier is
 * named. `all` is then the command that leaves nothing out. One that mostly `waits` runs beside the next one; it gives its lines to `log`.
 * How a part of a tier runs stands in `parts.mjs`.
 *
 * @typedef {{ passed: number, failed: number, why?: string }} Tally
 * @typedef {object} Tier
 * @property {string} name
 * @property {string} what
 * @property {string[]} needs
 * @property {(setup: any, log?: (line: string) => void) => Promise<Tally>} run any: what the set-up returns
 * @property {(setup: any) => Promise<Tally>} [sample]
 * @property {string} [all]
 * @property {boolean} [waits]
 * @type {Tier[]}
 */
export const tiers = [
  {
    name: 'lint',
    what: 'formatting, lints, types, licences and the links of the documentation',
    needs: [
      'C compiler',
      'cargo-deny',
      'npm packages of the project',
      'npm packages of the plugin',
      'npm packages of the Functions',
      'npm packages of the documentation',
      'archive of the plugin',
    ],
    run: lint,
  },
  { name: 'scripts', what: 'set-up and tooling', needs: [], run: () => nodeTests('scripts') },
  {
    name: 'native',
    what: 'the core and the simulator, compiled for this machine',
    needs: ['C compiler', 'npm packages of the project'],
    run: nativeTests,
  },
  {
    name: 'model',
    what: 'the protocol in every order of events, by model checking',
    needs: ['C compiler', 'npm packages of the project'],
    run: () => runTests('npm', ['run', '--silent', 'check:model'], { log: 'model', count: tallyModel }),
    sample: () =>
      runTests('npm', ['run', '--silent', 'check:model', '--', '--sample'], { log: 'model', count: tallyModel }),
    all: 'npm run check:model',
  },
  {
    name: 'wasm',
    what: "the core's Wasm in a browser",
    needs: ['Wasm compiler', 'Wasm tools', 'Chromium'],
    run: (setup) => wasmTests(setup),
  },
  { name: 'bundle', what: "the plugin's size", needs: ['Flex plugin', 'Wasm for the owner'], run: bundle },
  {
    name: 'simulator',
    what: "the simulator, with Twilio's own client",
    needs: TO_RUN,
    run: () => nodeTests('simulator'),
  },
  {
    name: 'flex-config',
    what: "the flags in an account, with Twilio's own client",
    needs: [
      'flex-config',
      'simulator',
      'TLS certificate',
      'npm packages of the project',
      'npm packages of the Functions',
    ],
    run: () => nodeTests('flex-config'),
  },
  {
    name: 'functions',
    what: "the Functions in Twilio's own runtime",
    needs: TO_RUN,
    run: () => nodeTests('functions'),
    sample: () => nodeTests('functions', { every: EVERY.functions }),
    all: 'npm run check:functions',
  },
  {
    name: 'deploy',
    what: 'putting it into an account, trying it there, taking it out',
    needs: [...TO_RUN, 'Wasm for the owner', 'flex-config'],
    run: () => nodeTests('deploy'),
    sample: () => nodeTests('deploy', { every: EVERY.deploy }),
    all: 'npm run check:deploy',
  },
  {
    name: 'faults',
    what: 'every remote call of the Functions, going wrong',
    needs: TO_RUN,
    // It needs packages that the set-up may have to provide first.
    run: async () => (await import('../faults/check.mjs')).checkFaults(),
  },
  {
    name: 'load',
    what: 'many conversations parked and woken within Twilio’s rate limits',
    needs: TO_RUN,
    waits: true,
    run: async (_, log) => {
      const { checkLoad } = await import('../load/check.mjs');
      const { checkDue } = await import('../load/due.mjs');
      // Side by side: each has a contact centre of its own, and mostly waits for clocks.
      const [load, due] = await Promise.all([checkLoad({ ...SHORT_LOAD, log }), checkDue({ ...SHORT_DUE, log })]);
      return { passed: load.passed + due.passed, failed: load.failed + due.failed };
    },
  },
  {
    name: 'readings',
    what: 'stories under readings of Twilio that its documentation leaves open',
    needs: TO_RUN,
    run: () => readings(ROWS),
    sample: () => readings(FEW_ROWS),
    all: 'npm run check:readings',
  },
  {
    name: 'browser',
    what: 'the plugin in the real Flex desktop',
    needs: [...TO_RUN, 'Chromium'],
    run: ({ browser }) => browserTests(browser),
    sample: ({ browser }) => browserSample(browser),
    all: 'npm run check:browser',
  },
];

/**
 * Runs the stories under some rows of pairs of readings.
 *
 * @param {number} rows
 */
async function readings(rows) {
  // It needs packages that the set-up may have to provide first.
  const { checkReadings } = await import('../readings/check.mjs');
  return checkReadings({ sample: rows });
}

/**
 * Tests all packages and then the core again, as each side ships it: in the workspace cargo turns on the features of all sides at
 * once. Returns the tally.
 */
async function nativeTests() {
  const sides = ['plugin', 'functions'];
  const alone = (side) => ['-p', 'park-interaction', '--lib', '--no-default-features', '--features', side];
  const tallies = [];
  for (const [name, args] of [['workspace', ['--workspace']], ...sides.map((side) => [side, alone(side)])]) {
    tallies.push(await runTests('cargo', ['test', ...args], { log: `native-${name}`, count: tallyCargo }));
  }
  const why = tallies.find((tally) => tally.why)?.why;
  return { ...sum(tallies), ...(why && { why }) };
}
