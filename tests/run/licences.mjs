// The licences of npm packages, as the lock files name them. Those of crates stand in `deny.toml`.

import { readFileSync } from 'node:fs';

import { inRoot } from '../../scripts/lib/paths.mjs';

const FOLDERS = ['.', 'js-shim', 'functions', 'docs/site'];

/** Most packages are tools that stay on the developer's machine; nothing here obliges those who only use them. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
];

/** Packages whose lock entry names no licence of the SPDX list: the licence that they bring, or why they may be used. */
const READ_BY_HAND = {
  '@citrix/ucsdk': 'of Flex UI: browsers of agents have it from Twilio, and it is not in the bundle of the plugin',
  '@twilio-labs/serverless-runtime-types': 'MIT',
  '@twilio/flex-sdk': 'of Flex UI, under the terms of the account that runs Flex',
  'console-browserify': 'MIT',
  'enhanced-resolve': 'MIT',
  exit: 'MIT',
  find: 'MIT',
  format: 'MIT',
  jsonify: 'in the public domain',
  'querystring-es3': 'MIT',
  tsv: 'MIT',
};

/** Returns a line for each package whose licence is not allowed, and for each entry of the list above that nothing needs any more. */
export function npmLicences() {
  const packages = FOLDERS.flatMap(packagesOf);
  const unclear = packages.filter(({ licence }) => !isAllowed(licence, ALLOWED));
  const refused = unclear
    .filter(({ name }) => !Object.hasOwn(READ_BY_HAND, name))
    .map(({ folder, name, licence }) => `${folder}: ${name} has the licence ${licence}, which is not allowed`);
  const stale = Object.keys(READ_BY_HAND)
    .filter((wanted) => !unclear.some(({ name }) => name === wanted))
    .map((name) => `${name} needs no exception any more`);
  return [...new Set([...refused, ...stale])];
}

function packagesOf(folder) {
  const { packages } = JSON.parse(readFileSync(inRoot(folder, 'package-lock.json'), 'utf8'));
  return Object.entries(packages).map(([path, { license }]) => ({
    folder,
    name: path.split('node_modules/').at(-1) ?? path,
    licence: license,
  }));
}

/** Returns true if a licence expression of SPDX can be met with the allowed licences. */
export function isAllowed(expression, allowed) {
  const words = expression?.match(/\(|\)|[^\s()]+/g) ?? [];
  const result = either();
  return words.length === 0 && result;

  function either() {
    let met = both();
    while (words[0] === 'OR') {
      words.shift();
      met = both() || met;
    }
    return met;
  }

  function both() {
    let met = one();
    while (words[0] === 'AND') {
      words.shift();
      met = one() && met;
    }
    return met;
  }

  function one() {
    const word = words.shift();
    if (word !== '(') return allowed.includes(word);
    const met = either();
    return words.shift() === ')' && met;
  }
}
