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
    .map(([name, value]) => `${name}=${valueText(value)}`);
  let line = readable([method, `${url.origin}${decodeURI(url.pathname)}`, ...pairs].join(' '));
  for (const secret of secrets) if (secret) line = line.replaceAll(secret, '***');
  return line;
}

/** @param {unknown} value */
function valueText(value) {
  if (value instanceof Blob) return `<${value.size} bytes>`;
  const text = typeof value === 'string' ? value : `${JSON.stringify(value)}`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}
