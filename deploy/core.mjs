// The core as the Functions have it. The set-up's part "Wasm for the Functions" makes it.

import { createRequire } from 'node:module';

import { inRoot } from '../scripts/lib/paths.mjs';

/** The core's exports. */
export const loadCore = () =>
  createRequire(import.meta.url)(inRoot('functions', 'assets', 'features', 'park-interaction', 'core.private.js'));
