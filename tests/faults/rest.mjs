// Requests of other code to Twilio's REST APIs, from a process without the loopback hook.

import { readFileSync } from 'node:fs';
import { request } from 'node:https';

import { made } from '../../scripts/lib/paths.mjs';

/** Creates a resource from `form` in the collection `path` of one of Twilio's hosts. */
export function create(desk, hostname, path, form, headers = {}) {
  return ask(desk, hostname, {
    method: 'POST',
    path,
    headers,
    body: new URLSearchParams(form).toString(),
    expected: 201,
  });
}

/** Changes the resource at `path` of one of Twilio's hosts. */
export function update(desk, hostname, path, form, headers = {}) {
  return ask(desk, hostname, {
    method: 'POST',
    path,
    headers,
    body: new URLSearchParams(form).toString(),
    expected: 200,
  });
}

/** Deletes the resource at `path` of one of Twilio's hosts. */
export function remove(desk, hostname, path) {
  return ask(desk, hostname, { method: 'DELETE', path, expected: 204 });
}

/**
 * @typedef {{ method: string, path: string, headers?: Record<string, string>, body?: string, expected: number }} Request
 * @param {{ tlsPort: number, facts: import('../../scripts/lib/control.mjs').Facts }} desk
 * @param {string} hostname
 * @param {Request} request
 * @returns {Promise<void>}
 */
function ask({ tlsPort, facts }, hostname, { method, path, headers = {}, body, expected }) {
  return new Promise((resolve, reject) => {
    const call = request({
      ...{ host: '127.0.0.1', port: tlsPort, servername: hostname, ca: readFileSync(made.tls().cert) },
      ...{ method, path, auth: `${facts.accountSid}:${facts.authToken}` },
      headers: { ...headers, host: hostname, 'content-type': 'application/x-www-form-urlencoded' },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      response.resume();
      if (response.statusCode === expected) resolve();
      else reject(new Error(`${method} ${hostname}${path}: ${response.statusCode}`));
    });
    call.end(body);
  });
}
