// The core as the owner's commands have it. The step "Wasm for the owner" of the set-up makes it.

import { createRequire } from 'node:module';

import { made } from '../scripts/lib/paths.mjs';

/**
 * The core's exports for the commands, `src/owner`. Each text that is not a SID, a domain or a name is JSON.
 *
 * @typedef {object} Core
 * @property {(attributes: string) => boolean} holdsParkedRecord
 * @property {(attributes: string) => boolean} saysParked
 * @property {(domain: string) => string} taskEventCallback returns the `url` and the `events`
 * @property {(domain: string) => string} eventStreamsSink returns the `url` and the `types`
 * @property {(conversationSid: string, webhooks: string, domain: string) => string} placesOf returns `Places`
 * @property {(attributes: string) => string | undefined} logToRead returns the options of a list of events
 * @property {(conversationSid: string, attributes: string, events: string) => string} placesByLog returns `Places`
 * @property {(found: string, domain: string, nowMs: number, minutesEast: number, choice: string, names: boolean) => string} describeParked
 * @property {(found: string, domain: string, nowMs: number, choice: string) => string} reportParked
 * @property {(conversationSid: string) => string | undefined} notesMapOf undefined for a text that is no SID
 * @property {(configuration: string, parked: string) => string | undefined} judgeWorkflow undefined where it cannot be read
 * @property {(outcome: string) => boolean} isRefusal
 * @property {(conversationSid: string) => string} waitingMapOf undefined for a text that is no SID
 * @property {(mapName: string) => boolean} holdsConversations
 * @property {() => string} functionPaths returns the paths by the names of the operations
 */

/**
 * The parking worker, the queue that was parked from, and the row.
 *
 * @typedef {{ workerSid: string | null, queueSid: string | null, workflowSid: string | null, row: { map: string, key: string } | null }} Places
 */

/**
 * Loads the core.
 *
 * @returns {Core}
 */
export const loadCore = () => createRequire(import.meta.url)(made.ownersCore);
