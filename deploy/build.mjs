// Making a build of uploaded files and running it in an environment.

import { triggerBuild } from '@twilio-labs/serverless-api';

const PATIENCE_MS = 5 * 60_000;
const FIRST_LOOK_MS = 250;
const LAST_LOOK_MS = 4000;

/**
 * Builds `{ functionVersions, assetVersions, dependencies, runtime }` of a service, waits for it and answers its SID.
 */
export async function makeBuild({ client, toolkit, print }, serviceSid, parts) {
  const { sid } = await triggerBuild(parts, serviceSid, toolkit);
  const status = client.serverless.v1.services(serviceSid).builds(sid).buildStatus();
  const deadline = Date.now() + PATIENCE_MS;
  print('  Twilio builds what was uploaded');
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(2 * pause, LAST_LOOK_MS)) {
    const { status: now } = await status.fetch();
    if (now === 'completed') return sid;
    if (now === 'failed') throw new Error(`Twilio could not build it: ${sid}; see the Console, Functions and Assets.`);
    if (Date.now() > deadline) throw new Error(`Twilio has not built it within 5 minutes: ${sid}.`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
