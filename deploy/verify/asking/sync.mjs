// Asking which Sync service an agent's token opens.

import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

import { asThrown } from '../../../scripts/lib/errors.mjs';
import { DEFAULT_SYNC } from '../../judgement.mjs';

const PATIENCE_MS = 20_000;
/** The time that the SDK has to shut down. */
const SHUTDOWN_MS = 2000;
const TTL_SECONDS = 600;
const ENTRY = 'service';

/**
 * Puts a different map into each service, and reads with the agent's token.
 *
 * @param {import('./index.mjs').Asking} asking
 * @param {import('../stage.mjs').Stage} stage
 */
export async function askAgentSync(asking, { account, client, name, agent }) {
  const usual = account.syncServices.find(({ friendlyName }) => friendlyName === DEFAULT_SYNC)?.sid;
  const named = account.flexSyncSid;
  if (!usual || !named || usual === named) {
    return asking.notAsked('agent-sync-service', 'the account has only one of the two services');
  }
  await asking.about(['agent-sync-service'], async () => {
    const uniqueName = `${name}-sync`;
    for (const [sid, value] of [
      [usual, 'default-service'],
      [named, 'flex-service'],
    ]) {
      const service = client.sync.v1.services(sid);
      const map = await service.syncMaps.create({ uniqueName, ttl: TTL_SECONDS });
      asking.cleanup.later(`the Sync map ${map.sid}`, () => service.syncMaps(map.sid).remove());
      await service.syncMaps(map.sid).syncMapItems.create({ key: ENTRY, data: { value } });
    }
    asking.found('agent-sync-service', await readAs(agent.token, uniqueName));
  });
}

/**
 * Returns the entry that the Sync SDK reads with this token.
 *
 * @typedef {import('twilio-sync').Client} SyncClient
 * @param {string} token
 * @param {string} uniqueName
 */
async function readAs(token, uniqueName) {
  /** @type {{ Client: new (token: string, options: object) => SyncClient }} */
  const { Client } = createRequire(import.meta.url)('twilio-sync');
  const sync = new Client(token, { logLevel: 'silent' });
  const end = new AbortController();
  try {
    return await Promise.race([value(sync, uniqueName), after(PATIENCE_MS, end.signal)]);
  } finally {
    end.abort();
    await Promise.race([sync.shutdown(), sleep(SHUTDOWN_MS, undefined, { ref: false })]);
  }
}

/**
 * @param {SyncClient} sync
 * @param {string} uniqueName
 * @returns {Promise<string>}
 */
async function value(sync, uniqueName) {
  try {
    const map = await sync.map({ id: uniqueName, mode: 'open_existing' });
    const item = await map.get(ENTRY);
    // The trial has written it.
    return /** @type {{ value: string }} */ (item.data).value;
  } catch (error) {
    if (asThrown(error).status === 404) return 'neither of the two';
    throw error;
  }
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<never>}
 */
function after(ms, signal) {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`Sync did not respond to the agent within ${ms / 1000} s`)), ms);
    signal.addEventListener('abort', () => clearTimeout(timer));
  });
}
