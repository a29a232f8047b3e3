// The choice of tests on the command line of `npm test`: whole tiers, or parts of them.

import { parseArgs } from 'node:util';

import { didYouMean } from '../../scripts/lib/command-line.mjs';

const USAGE = `Usage: npm test -- [TIER]... [--file PART]... [--name PATTERN]
  no option        every tier; of tiers that take long a sample
  --whole          the whole of the tiers that take long
  TIER             these tiers, from the first test to the last
  --file PART      only test files that have PART in their path; without a TIER, in every tier that has such a file
  --name PATTERN   only tests whose name matches this regular expression, and in these tiers:
                     model      scenarios whose name begins with it
                     faults     faults whose line 'OPERATION, CALL, KIND' contains or matches it
                     readings   the stories under these readings: 'NAME=VALUE,...'
  --help           this text

Examples:
  npm test -- functions
  npm test -- functions --file races
  npm test -- --file tests/native/park.rs --name webhook
  npm test -- faults --name '^park, POST sync .*, 503$'`;

/** A command line that cannot be carried out. */
export class BadChoice extends Error {}

/** Returns the usage with a line for each tier. */
export function usage(tiers) {
  const lines = tiers.map(({ name, what, sample }) => `  ${name.padEnd(11)} ${what}${sample ? ' (takes long)' : ''}`);
  return [USAGE, '', 'The tiers are:', ...lines].join('\n');
}

/**
 * Returns what the command line asks for: `{ help: true }`, or `{ chosen }`, the tiers to run.
 *
 * `parts` says by the name of a tier how to run a part of it; a tier without an entry runs as a whole only.
 */
export function choose(args, { tiers, parts }) {
  const { values, positionals } = parsed(args);
  if (values.help) return { help: true };
  const unknown = positionals.filter((name) => !tiers.some((tier) => tier.name === name));
  if (unknown.length > 0) {
    const suggestion = didYouMean(
      unknown[0],
      tiers.map(({ name }) => name),
    );
    throw new BadChoice(`There is no tier ${unknown.join(', ')}.${suggestion}`);
  }
  const named = tiers.filter(({ name }) => positionals.includes(name));
  const { file: wanted, name, whole } = values;
  if (whole) {
    if (positionals.length > 0 || wanted.length > 0 || name !== undefined)
      throw new BadChoice('--whole stands alone: a TIER that is named is run as a whole.');
    return { chosen: tiers.filter(({ sample }) => sample) };
  }
  if (wanted.length === 0 && name === undefined)
    return { chosen: positionals.length > 0 ? named : tiers.map(asSampled) };
  if (name !== undefined) checkPattern(name);
  if (positionals.length > 0) return { chosen: named.map((tier) => partOf(tier, parts[tier.name], { wanted, name })) };
  if (wanted.length === 0) throw new BadChoice('--name needs a TIER or a --file.');
  return {
    chosen: tiersWith(wanted, { tiers, parts }).map((tier) => partOf(tier, parts[tier.name], { wanted, name })),
  };
}

/** Returns a tier as `npm test` runs it among all others. */
const asSampled = ({ sample, ...tier }) => (sample ? { ...tier, run: sample, isSample: true } : tier);

function parsed(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        file: { type: 'string', multiple: true, default: [] },
        name: { type: 'string' },
        whole: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new BadChoice(error.message, { cause: error });
  }
}

function checkPattern(name) {
  try {
    new RegExp(name);
  } catch (error) {
    throw new BadChoice(`--name ${name}: ${error.message}`, { cause: error });
  }
}

function tiersWith(wanted, { tiers, parts }) {
  const found = tiers.filter(({ name }) => parts[name]?.files && filesWith(wanted, parts[name]).length > 0);
  if (found.length === 0) throw new BadChoice(`No test file has ${wanted.join(' or ')} in its path.`);
  return found;
}

/** The tier with a `run` that runs the chosen part of it. */
function partOf(tier, part, { wanted, name }) {
  if (!part) throw new BadChoice(`The tier ${tier.name} runs as a whole: leave out --file and --name.`);
  if (wanted.length === 0) return { ...tier, run: (setup) => part.run({ name }, setup) };
  if (!part.files) throw new BadChoice(`The tier ${tier.name} has no test files: use --name.`);
  const files = filesWith(wanted, part);
  if (files.length === 0)
    throw new BadChoice(`No test file of the tier ${tier.name} has ${wanted.join(' or ')} in its path.`);
  return { ...tier, run: (setup) => part.run({ files, name }, setup) };
}

const filesWith = (wanted, part) =>
  part.files().filter((file) => wanted.some((words) => file.includes(words.replace(/^\.\//, ''))));
