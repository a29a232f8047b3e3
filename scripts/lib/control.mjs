// The simulator's control endpoints (see `simulator/README.md`).

/**
 * The seeded contact centre, as `GET facts` returns it.
 *
 * @typedef {object} Facts
 * @property {string} accountSid
 * @property {string} authToken
 * @property {string} flexInstanceSid
 * @property {string} chatServiceSid
 * @property {string} syncServiceSid
 * @property {string} flexSyncServiceSid
 * @property {string} agentSyncServiceSid
 * @property {string} workspaceSid
 * @property {string} workflowSid
 * @property {Record<string, string>} workflows SIDs by name, like the next three
 * @property {Record<string, string>} queues
 * @property {Record<string, string>} activities
 * @property {Record<string, string>} taskChannels
 * @property {string} functionsDomain
 * @property {string} eventsKey the password of the sink that a seeded contact centre may have
 * @property {Agent[]} agents
 * @property {Customer[]} customers
 */

/**
 * @typedef {object} Agent
 * @property {string} identity
 * @property {string} name
 * @property {string} workerSid
 * @property {string[]} roles
 * @property {string} token
 * @property {string} tokenExpires
 * @property {string} url
 */

/**
 * @typedef {object} Customer
 * @property {string} id
 * @property {string} name
 * @property {string} channel
 * @property {string} address
 * @property {string} conversationSid
 * @property {string} interactionSid
 * @property {string} channelSid
 * @property {string} url
 */

/**
 * All that there is, as `GET world` returns it: Twilio's resources as JSON. any: each has many fields, of which a test reads a few.
 *
 * @typedef {{ now: string } & Record<'conversations' | 'interactions' | 'channels' | 'tasks' | 'reservations' | 'workers' | 'workflows' |
 *   'maps' | 'documents' | 'customers', any[]>} World
 */

/**
 * A request to one of Twilio's hosts, as the journal has it.
 *
 * @typedef {object} JournalRequest
 * @property {string} method
 * @property {string} host
 * @property {string} path
 * @property {string} at the time at which it came
 * @property {number} ms the time that its response took
 * @property {string} via
 * @property {number} connection
 */

/**
 * Calls an endpoint below `__sim/` of the simulator at `simulatorUrl`. Returns the JSON of its response.
 *
 * @param {string} simulatorUrl
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>} any: each endpoint has its own shape, which the simulator documents
 */
export async function control(simulatorUrl, method, path, body) {
  const response = await fetch(`${simulatorUrl}/__sim/${path}`, {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} /__sim/${path} of the simulator: ${response.status} ${text}`);
  return JSON.parse(text);
}
