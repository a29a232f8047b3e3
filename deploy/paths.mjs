// The functions' paths below the Functions' domain, as the core declares them.

import { loadCore } from './core.mjs';

/** Returns the paths by the names of the operations: `{ park, resume, settle, check, wake, restore, reconcile }`. */
export const functionPaths = () => JSON.parse(loadCore().functionPaths());
