// Showing a request to people.

import { readable } from './imagined.mjs';

const LONGEST = 120;

/**
 * Returns a line such as `POST https://host/path Name=value`, without any of `secrets`.
 *
 * @param {import('./transport.mjs').Request} request
 * @param {(string | undefined)[]} secrets
 */
export function shown({ method, url, parameters = {} }, secrets = []) {
  const pairs = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${valueText(value, secrets)}`);
  return without(secrets, readable([method, `${url.origin}${decodeURI(url.pathname)}`, ...pairs].join(' ')));
}

/**
 * Returns a text without any of `secrets`.
 *
 * @param {(string | undefined)[]} secrets
 * @param {string} text
 */
export function without(secrets, text) {
  return secrets.reduce((/** @type {string} */ rest, secret) => (secret ? rest.replaceAll(secret, '***') : rest), text);
}

/**
 * @param {unknown} value
 * @param {(string | undefined)[]} secrets
 */
function valueText(value, secrets) {
  if (value instanceof Blob) return `<${value.size} bytes>`;
  // Before it is cut, because a part of a secret would not be found.
  const text = without(secrets, typeof value === 'string' ? value : `${JSON.stringify(value)}`);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}
