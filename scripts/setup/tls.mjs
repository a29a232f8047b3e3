// The key and certificate with which the simulator stands for Twilio's hosts. They are made on each machine, and never
// leave its cache.

import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';

import { ask, run } from '../lib/exec.mjs';
import { made } from '../lib/paths.mjs';

const HOSTS = ['*.twilio.com', '*.us1.twilio.com', '*.twil.io'];
const DAYS = 90;
/** A certificate that ends sooner than this is made again. */
const SECONDS_LEFT = 7 * 24 * 60 * 60;

/**
 * Returns two files, the certificate valid for at least a week.
 *
 * @typedef {{ key: string, cert: string }} TlsFiles
 * @param {{ packages: import('./packages.mjs').Packages, files?: TlsFiles }} provision
 * @returns {Promise<TlsFiles>}
 */
export async function provideTls({ packages, files = made.tls() }) {
  if (await isGood(files)) return files;
  await packages.provide(
    'openssl',
    ['openssl'],
    "openssl is missing: it makes the simulator's TLS certificate. Install it (Debian: `apt-get install openssl`) and run this again.",
  );
  mkdirSync(dirname(files.key), { recursive: true, mode: 0o700 });
  const fresh = { key: `${files.key}.new`, cert: `${files.cert}.new` };
  const subject = ['-subj', '/CN=Twilio simulator on this machine'];
  const hosts = ['-addext', `subjectAltName=${HOSTS.map((host) => `DNS:${host}`).join(',')}`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', String(DAYS)];
  await run('openssl', ['req', '-x509', ...kind, ...subject, ...hosts, '-keyout', fresh.key, '-out', fresh.cert], {
    log: 'openssl',
  });
  renameSync(fresh.key, files.key);
  renameSync(fresh.cert, files.cert);
  return files;
}

/** @param {TlsFiles} files */
async function isGood({ key, cert }) {
  if (!existsSync(key) || !existsSync(cert)) return false;
  return (await ask('openssl', ['x509', '-in', cert, '-noout', '-checkend', String(SECONDS_LEFT)])) !== undefined;
}
