#!/usr/bin/env node
// `npm run check:readings`: sets up what is missing, then runs stories under every reading of Twilio.

import { parseArgs } from 'node:util';

import { onSignal } from '../../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../../scripts/setup/index.mjs';
import { STORIES } from './stories.mjs';

onSignal();

const USAGE = `Usage: npm run check:readings [-- --sample | --only NAME=VALUE,… [--story STORY] [--seed NUMBER]]`;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        sample: { type: 'boolean' },
        only: { type: 'string' },
        story: { type: 'string' },
        seed: { type: 'string' },
      },
    });
    return checked(values);
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

/** Refuses unknown stories: they would run nothing, and so pass. */
function checked(values) {
  const { story, seed = '0' } = values;
  if (story !== undefined && !STORIES.some(({ name }) => name === story)) {
    throw new Error(
      `There is no story '${story}'. The stories are:\n${STORIES.map(({ name }) => `  ${name}`).join('\n')}`,
    );
  }
  if (!/^\d+$/.test(seed)) throw new Error(`--seed is '${seed}': expected a whole number`);
  return values;
}

const { sample, only, story, seed } = options();
try {
  await setUp(TO_RUN);
  // Imported late, because it needs packages that the set-up provides.
  const { checkReadings } = await import('./check.mjs');
  const { readingsOf } = await import('./combinations.mjs');
  const one = only !== undefined ? { readings: readingsOf(only), story, seed: Number(seed ?? 0) } : undefined;
  const { failed } = await checkReadings({ sample, only: one });
  process.exit(failed === 0 ? 0 : 1);
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}
