// Making a build of uploaded files.

import { setTimeout as sleep } from 'node:timers/promises';

import { triggerBuild } from '@twilio-labs/serverless-api';

const PATIENCE_MS = 5 * 60_000;
const FIRST_LOOK_MS = 250;
const LAST_LOOK_MS = 4000;

/**
 * Builds parts of a service and waits for the end. Returns the SID of the build.
 *
 * @param {Pick<import('./command.mjs').Command, 'client' | 'toolkit' | 'print'>} command
 * @param {string} serviceSid
 * @param {import('@twilio-labs/serverless-api').BuildConfig} parts
 */
export async function makeBuild({ client, toolkit, print }, serviceSid, parts) {
  const { sid } = await triggerBuild(parts, serviceSid, toolkit);
  const status = client.serverless.v1.services(serviceSid).builds(sid).buildStatus();
  const deadline = Date.now() + PATIENCE_MS;
  print('  Twilio makes the build');
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(2 * pause, LAST_LOOK_MS)) {
    const { status: now } = await status.fetch();
    if (now === 'completed') return sid;
    if (now === 'failed') throw new Error(`Twilio could not build it: ${sid}; see the Console, Functions and Assets.`);
    if (Date.now() > deadline) throw new Error(`Twilio has not built it within 5 minutes: ${sid}.`);
    await sleep(pause);
  }
}
