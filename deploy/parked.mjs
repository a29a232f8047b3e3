// Conversations that are parked: what they need to come back is in the Functions.

import { parkedConversations } from '../parked/read.mjs';
import { StillParked } from './outcome.mjs';

/** So many are named; `npm run parked -- list` shows all. */
const NAMED = 5;

/** The step of an undeployment that stops it while conversations would be lost. */
export async function refuseWhileParked(state) {
  const parked = await parkedConversations(state);
  if (parked.length === 0) return 'none';
  const sids = parked.map(({ sid }) => sid);
  const names = sids.slice(0, NAMED).join(', ') + (parked.length > NAMED ? ', …' : '');
  if (state.abandonParked) {
    state.print(`  warning: ${names}: nobody will hear when these customers write.`);
    return `${parked.length}, abandoned as you asked`;
  }
  throw new StillParked(
    `${parked.length} parked: ${names}. Without the Functions nobody would hear when these customers write.\n` +
      '  Release them first, with npm run parked -- release, or wait until they have woken, and run this again.\n' +
      '  --abandon-parked removes the Functions nevertheless.',
  );
}
