// Reading the command lines of all commands. What is wrong is named with what was expected, an example and the place of the help.

import { parseArgs } from 'node:util';

import { messageOf } from './errors.mjs';

/** The exit code of a command line, or of credentials, that cannot be used. */
export const WRONG_USE = 2;

/** The exit codes of every check, for its help. */
export const CHECK_EXIT_CODES = `Exit codes:
  0  everything held
  1  something failed, or could not be tried
  2  the command line cannot be used`;

/** The command line or the credentials cannot be used: nothing was done. */
export class WrongUse extends Error {
  code = WRONG_USE;
}

/**
 * An option. `expected` says which values there are; `known` lists them where they are few; `accepts` returns false for a wrong one;
 * `suggest` returns a right value for a wrong one.
 *
 * @typedef {object} Option
 * @property {'string' | 'boolean'} type
 * @property {string} [expected]
 * @property {string[]} [known]
 * @property {(value: string) => boolean} [accepts]
 * @property {(value: string) => string | undefined} [suggest]
 * @property {string} [short]
 * @property {boolean} [required]
 * @property {boolean} [multiple]
 */

/**
 * The words before and between the options. `known` lists them where they are few.
 *
 * @typedef {{ what: string, least?: number, most?: number, known?: string[], accepts?: (word: string) => boolean, expected?: string }} Words
 */

/**
 * The command line of a command. `command` is how it is called, such as `npm run parked --`; `docs` is its page.
 *
 * @typedef {object} Usage
 * @property {string} command
 * @property {string} help
 * @property {string} example
 * @property {string} docs
 * @property {Record<string, Option>} [options]
 * @property {Words} [words]
 */

/** @typedef {{ [name: string]: string | boolean | string[] | undefined }} Values */

/**
 * Reads a command line. Throws `WrongUse` where it cannot be used.
 *
 * @param {string[]} argv
 * @param {Usage} usage
 * @returns {{ help: boolean, values: Values, words: string[] }}
 */
export function readCommandLine(argv, usage) {
  /** @type {Record<string, Option>} */
  const options = { ...usage.options, help: { type: 'boolean', short: 'h' } };
  const { values, tokens, positionals: words } = tokensOf(argv, options);
  for (const token of tokens) if (token.kind === 'option') checkOption(token, options);
  if (values.help) return { help: true, values, words };
  for (const [name, { required, expected = 'a value' }] of Object.entries(options)) {
    if (required && values[name] === undefined) {
      throw new WrongUse(`--${name} is missing: expected ${expected}.`);
    }
  }
  checkWords(words, usage.words);
  return { help: false, values, words };
}

/**
 * Reads the command line of a script. Prints the help and ends the process where that is asked for; where the command line cannot be
 * used, it prints why and ends the process with 2. `check` looks at what was read, and throws `WrongUse` where it does not fit together.
 *
 * @template T
 * @param {string[]} argv
 * @param {Usage} usage
 * @param {(read: { values: Values, words: string[] }) => T} [check]
 * @returns {T}
 */
export function readOrExit(argv, usage, check = (read) => /** @type {T} */ (read)) {
  try {
    const read = readCommandLine(argv, usage);
    if (!read.help) return check(read);
    console.log(helpOf(usage));
    process.exit(0);
  } catch (error) {
    console.error(misuse(error, usage));
    process.exit(WRONG_USE);
  }
}

/**
 * Returns the text of a wrong use for people.
 *
 * @param {unknown} error
 * @param {Usage} usage
 */
export function misuse(error, { command, example, docs }) {
  const help = /--$/.test(command) ? `${command} --help` : `${command} -- --help`;
  return `${messageOf(error)}\nExample: ${example}\nHelp: ${help}, or ${docs}`;
}

/**
 * Returns the help of a command, with its page.
 *
 * @param {Usage} usage
 */
export const helpOf = ({ help, docs }) => `${help}\n\nMore: ${docs}`;

/**
 * Returns ` Did you mean X?` with the nearest of `known`, or nothing where none is near.
 *
 * @param {string} word
 * @param {string[]} known
 */
export function didYouMean(word, known) {
  const near = nearest(word, known);
  return near === undefined ? '' : ` Did you mean ${near}?`;
}

/** The least letters of a beginning that stands for the whole name. */
const SHORTEST_BEGINNING = 3;

/**
 * Returns the nearest of `known`, or undefined where none is near, and none begins like this.
 *
 * @param {string} word
 * @param {string[]} known
 */
export function nearest(word, known) {
  /** @param {string} name */
  const plain = (name) => name.toLowerCase().replaceAll(/[-_ ]/g, '');
  const isLongEnough = plain(word).length >= SHORTEST_BEGINNING;
  const ranked = known
    .map((name) => ({ name, distance: distance(plain(word), plain(name)) }))
    .filter(
      ({ name, distance }) =>
        distance * 3 <= Math.max(name.length, 3) || (isLongEnough && plain(name).startsWith(plain(word))),
    )
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.name;
}

/**
 * Returns the number of letters to change, add, leave out or exchange with their neighbour.
 *
 * @param {string} one
 * @param {string} other
 */
function distance(one, other) {
  const rows = [Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= one.length; i += 1) {
    rows.push([i]);
    for (let j = 1; j <= other.length; j += 1) {
      const changed = rows[i - 1][j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
          ? rows[i - 2][j - 2] + 1
          : Infinity;
      rows[i].push(Math.min(changed, swapped, rows[i - 1][j] + 1, rows[i][j - 1] + 1));
    }
  }
  return rows[one.length][other.length];
}

/**
 * @param {string[]} argv
 * @param {Record<string, Option>} options
 */
function tokensOf(argv, options) {
  const shapes = Object.entries(options).map(([name, { type, multiple = false, short }]) => [
    name,
    { type, multiple, ...(short && { short }) },
  ]);
  const read = parseArgs({
    args: argv,
    options: Object.fromEntries(shapes),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  return { ...read, values: /** @type {Values} */ (read.values) };
}

/**
 * @param {{ name: string, rawName: string, value?: string, inlineValue?: boolean }} token
 * @param {Record<string, Option>} options
 */
function checkOption({ name, rawName, value, inlineValue }, options) {
  if (!Object.hasOwn(options, name)) {
    const known = Object.keys(options).map((option) => `--${option}`);
    throw new WrongUse(`${rawName} is no option here.${didYouMean(rawName, known)} There are: ${known.join(', ')}.`);
  }
  const { type, known, accepts = () => true, suggest = () => undefined } = options[name];
  const expected = options[name].expected ?? (known ? `one of ${known.join(', ')}` : 'a value');
  if (type === 'boolean') {
    if (value === undefined) return;
    throw new WrongUse(`${rawName} takes no value, but there is ${value}.`);
  }
  // An empty value is that of a variable of a script that is not set: every text has it as a part.
  if (!value?.trim() || (!inlineValue && /^-./.test(value))) {
    throw new WrongUse(`${rawName} needs a value: expected ${expected}.`);
  }
  if ((!known || known.includes(value)) && accepts(value)) return;
  const right = suggest(value) ?? (known && nearest(value, known));
  const suggestion = right === undefined ? '' : ` Did you mean ${right}?`;
  throw new WrongUse(`${rawName} ${value}: expected ${expected}.${suggestion}`);
}

/**
 * @param {string[]} words
 * @param {Words} [usage]
 */
function checkWords(words, { what, least = 0, most = 0, known, accepts = () => true, expected } = { what: 'word' }) {
  const values = expected ?? (known ? `one of ${known.join(', ')}` : `a ${what}`);
  if (words.length < least) throw new WrongUse(`The ${what} is missing: expected ${values}.`);
  for (const [index, word] of words.entries()) {
    if (index >= most)
      throw new WrongUse(`${word} is a word too many: expected ${most === 0 ? 'none' : `${most} at most`}.`);
    if (known && !known.includes(word)) {
      throw new WrongUse(`${word} is no ${what}: expected ${values}.${didYouMean(word, known)}`);
    }
    if (!accepts(word)) throw new WrongUse(`${word} is no ${what}: expected ${values}.`);
  }
}
