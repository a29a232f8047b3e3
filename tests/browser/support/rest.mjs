// Requests of the account's owner to Twilio's REST APIs: over TLS, with the Auth Token.

import { readFileSync } from 'node:fs';
import { request } from 'node:https';

import { made } from '../../../scripts/lib/paths.mjs';

/**
 * Sends a request to one of Twilio's hosts. Returns its JSON.
 *
 * @param {Pick<import('../../../scripts/lib/stack.mjs').Stack, 'facts' | 'tlsPort'>} stack
 * @param {string} method
 * @param {string} url
 * @param {Record<string, string>} [parameters]
 * @returns {Promise<any>} any: a resource of Twilio
 */
export function rest({ facts, tlsPort }, method, url, parameters = {}) {
  const { host, pathname } = new URL(url);
  const options = {
    method,
    path: pathname,
    host: '127.0.0.1',
    port: tlsPort,
    servername: host,
    ca: readFileSync(made.tls().cert),
    auth: `${facts.accountSid}:${facts.authToken}`,
    headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
  };
  return new Promise((resolve, reject) => {
    const sent = request(options, async (answer) => {
      const text = (await answer.toArray()).join('');
      if (Number(answer.statusCode) < 300) resolve(text && JSON.parse(text));
      else reject(new Error(`${method} ${url}: ${answer.statusCode} ${text}`));
    });
    sent.on('error', reject);
    sent.end(new URLSearchParams(parameters).toString());
  });
}
