// The functions' paths below the Functions' domain, as the core declares them.

import { loadCore } from './core.mjs';

/**
 * Returns the paths by the names of the operations.
 *
 * @returns {Record<'park' | 'resume' | 'settle' | 'check' | 'wake' | 'restore' | 'reconcile', string>}
 */
export const functionPaths = () => JSON.parse(loadCore().functionPaths());
