// The core as the owner's commands have it. The set-up's part "Wasm for the owner" makes it.

import { createRequire } from 'node:module';

import { made } from '../scripts/lib/paths.mjs';

/** Returns the core's exports. */
export const loadCore = () => createRequire(import.meta.url)(made.ownersCore);
