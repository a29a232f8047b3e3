// The functions' paths below the Functions' domain, as the core declares them.

import { loadCore } from './core.mjs';

/**
 * Returns the paths by the names of the operations.
 *
 * @param {{ functionPaths: () => string }} [core]
 * @returns {Record<'park' | 'resume' | 'settle' | 'check' | 'keep' | 'give' | 'change' | 'end' | 'access' | 'team' | 'wake' | 'restore' | 'event' | 'reconcile', string>}
 */
export const functionPaths = (core = loadCore()) => JSON.parse(core.functionPaths());
