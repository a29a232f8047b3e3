// Which conversations of an account are parked, told by the core from their attributes.

import { createRequire } from 'node:module';

import { inRoot } from '../scripts/lib/paths.mjs';

/** Closed conversations never wake; these do. */
const STATES = ['active', 'inactive'];
const PAGE_SIZE = 100;

/** The core as the Functions have it. The set-up's part "Wasm for the Functions" makes it. */
export const loadCore = () =>
  createRequire(import.meta.url)(inRoot('functions', 'assets', 'features', 'park-interaction', 'core.private.js'));

/** All parked conversations, each `{ sid, attributes }`. Reads every open conversation of the account, page by page. */
export async function parkedConversations({ client, print }) {
  const core = loadCore();
  const parked = [];
  let read = 0;
  for (const state of STATES) {
    await client.conversations.v1.conversations.each({ state, pageSize: PAGE_SIZE }, ({ sid, attributes }) => {
      read += 1;
      if (read % 1000 === 0) print(`  ${read} conversations read`);
      if (core.holdsParkedRecord(attributes)) parked.push({ sid, attributes });
    });
  }
  return parked;
}
