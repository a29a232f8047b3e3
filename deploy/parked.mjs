// Conversations that are parked: what they need to come back is in the Functions.

import { createRequire } from 'node:module';

import { inRoot } from '../scripts/lib/paths.mjs';
import { StillParked } from './outcome.mjs';

/** Closed conversations never wake; these do. */
const STATES = ['active', 'inactive'];
const PAGE_SIZE = 100;
const NAMED = 5;

/** The SIDs of all parked conversations, told by the core from their attributes. Reads every open conversation, page by page. */
export async function parkedConversations({ client, print }) {
  const core = createRequire(import.meta.url)(
    inRoot('functions', 'assets', 'features', 'park-interaction', 'core.private.js'),
  );
  const parked = [];
  let read = 0;
  for (const state of STATES) {
    await client.conversations.v1.conversations.each({ state, pageSize: PAGE_SIZE }, ({ sid, attributes }) => {
      read += 1;
      if (read % 1000 === 0) print(`  ${read} conversations read`);
      if (core.holdsParkedRecord(attributes)) parked.push(sid);
    });
  }
  return parked;
}

/** The step of an undeployment that stops it while conversations would be lost. */
export async function refuseWhileParked(state) {
  const parked = await parkedConversations(state);
  if (parked.length === 0) return 'none';
  const names = parked.slice(0, NAMED).join(', ') + (parked.length > NAMED ? ', …' : '');
  if (state.abandonParked) {
    state.print(`  warning: ${names}: nobody will hear when these customers write.`);
    return `${parked.length}, abandoned as you asked`;
  }
  throw new StillParked(
    `${parked.length} parked: ${names}. Without the Functions nobody would hear when these customers write.\n` +
      '  Release them first (docs/operations.md, "Parked conversations"), or wait until they have woken, and run this again.\n' +
      '  --abandon-parked removes the Functions nevertheless.',
  );
}
