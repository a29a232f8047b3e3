// Requests to Twilio's REST APIs, as other code of the account makes them, from a process without the loopback hook.

import { readFileSync } from 'node:fs';
import { request } from 'node:https';

import { made } from '../../scripts/lib/paths.mjs';

/** Deletes what `path` of one of Twilio's hosts names. */
export function remove({ tlsPort, facts }, hostname, path) {
  return new Promise((resolve, reject) => {
    const call = request({
      ...{ host: '127.0.0.1', port: tlsPort, servername: hostname, ca: readFileSync(made.tls().cert) },
      ...{ method: 'DELETE', path, headers: { host: hostname }, auth: `${facts.accountSid}:${facts.authToken}` },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      response.resume();
      if (response.statusCode === 204) resolve();
      else reject(new Error(`DELETE ${hostname}${path}: ${response.statusCode}`));
    });
    call.end();
  });
}
