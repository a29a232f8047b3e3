// Holding up an undeployment while conversations are parked: the Functions wake them.

import { parkedConversations } from './read.mjs';
import { StillParked } from '../outcome.mjs';

/** The number of conversations that are named; `npm run parked -- list` shows all. */
const NAMED = 5;

/**
 * The step of an undeployment that stops it while conversations would be lost.
 *
 * @param {import('./read.mjs').Reader} reader
 * @param {import('./read.mjs').Place} place
 * @param {boolean} abandon goes on nevertheless
 */
export async function refuseWhileParked(reader, place, abandon) {
  const parked = await parkedConversations(reader, place);
  const ours = parked.filter(({ isForeign }) => !isForeign);
  const others = parked.length - ours.length;
  const left = others > 0 ? `${others} parked with another plugin, which wakes them itself` : 'none';
  if (ours.length === 0) return left;
  const names = ours.slice(0, NAMED).map(({ sid }) => sid);
  const named = names.join(', ') + (ours.length > NAMED ? ', …' : '');
  if (abandon) {
    reader.print(`  warning: ${named}: nobody will hear when these customers write.`);
    return `${ours.length}, abandoned as you asked`;
  }
  throw new StillParked(
    `${ours.length} parked: ${named}. Without the Functions nobody would hear when these customers write.\n` +
      '  Release them first, with npm run parked -- release, or wait until they have woken, and run this again.\n' +
      '  npm run parked -- list shows all of them, and what to do about one that cannot be released.\n' +
      '  --abandon-parked removes the Functions nevertheless.',
  );
}
