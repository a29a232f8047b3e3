// A request as a line for people.

import { readable } from './imagined.mjs';

const LONGEST = 120;

/** `POST https://host/path Name=value`, without any of `secrets`. */
export function shown({ method, url, parameters = {} }, secrets = []) {
  const pairs = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${valueText(value)}`);
  const line = readable([method, `${url.origin}${decodeURI(url.pathname)}`, ...pairs].join(' '));
  return secrets.filter(Boolean).reduce((text, secret) => text.replaceAll(secret, '***'), line);
}

function valueText(value) {
  if (value instanceof Blob) return `<${value.size} bytes>`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}
