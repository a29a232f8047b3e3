#!/usr/bin/env node
// `npm run check:readings`: sets up what is missing, then runs stories under every reading of Twilio.

import { CHECK_EXIT_CODES, readOrExit } from '../../scripts/lib/command-line.mjs';
import { onSignal } from '../../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../../scripts/setup/index.mjs';
import { STORIES } from './stories.mjs';

onSignal();

/** The number of rows of pairs in the sample. */
const ROWS = 7;

const NAMES = STORIES.map(({ name }) => name);

const { values } = readOrExit(process.argv.slice(2), {
  command: 'npm run check:readings --',
  help: `Usage: npm run check:readings [-- --sample | --only NAME=VALUE,... [--story STORY] [--seed NUMBER]]
  --sample              a sample of the combinations
  --only NAME=VALUE,... the stories under these readings (simulator/README.md)
  --story STORY         one story
  --seed NUMBER         the seed of the story's choices
  --help                this text

The stories are:
${NAMES.map((name) => `  ${name}`).join('\n')}

${CHECK_EXIT_CODES}`,
  example: 'npm run check:readings -- --only replay=exclusive,task-callback=never',
  docs: 'simulator/README.md#readings',
  options: {
    sample: { type: 'boolean' },
    only: {
      type: 'string',
      expected: 'NAME=VALUE, several with commas between them',
      accepts: (text) => /=/.test(text),
    },
    // An unknown story would run nothing, and so pass.
    story: { type: 'string', known: NAMES },
    seed: { type: 'string', expected: 'a whole number', accepts: (text) => /^\d+$/.test(text) },
  },
});

const { sample, only, story, seed } = values;
try {
  await setUp(TO_RUN);
  // Imported late, because it needs packages that the set-up provides.
  const { checkReadings } = await import('./check.mjs');
  const { readingsOf } = await import('./combinations.mjs');
  const one = only !== undefined ? { readings: readingsOf(only), story, seed: Number(seed ?? 0) } : undefined;
  const { failed } = await checkReadings({ sample: sample ? ROWS : undefined, only: one });
  process.exit(failed === 0 ? 0 : 1);
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}
