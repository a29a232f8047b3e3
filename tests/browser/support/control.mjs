// A client of the simulator's control endpoints.

import { control } from '../../../scripts/lib/control.mjs';

/**
 * @typedef {import('../../../scripts/lib/control.mjs').Facts} Facts
 * @typedef {import('../../../scripts/lib/control.mjs').World} World
 * @typedef {ReturnType<typeof controlOf>} Sim
 */

/**
 * Makes a client of the simulator at `origin`.
 *
 * @param {string} origin
 */
export function controlOf(origin) {
  /**
   * @param {string} path
   * @param {string} [method]
   * @param {unknown} [body]
   */
  const call = (path, method = 'GET', body) => control(origin, method, path, body);
  /**
   * @param {string} path
   * @param {unknown} [body]
   */
  const post = (path, body = {}) => call(path, 'POST', body);

  const self = {
    reset: () => post('reset'),
    /**
     * Returns SIDs, agents with the addresses of their desktops, and customers.
     *
     * @returns {Promise<Facts>}
     */
    facts: () => call('facts'),
    /** @returns {Promise<World>} all state of the simulator */
    world: () => call('world'),
    /** Returns the requests that the simulator does not know. */
    unknown: () => call('unknown'),
    /** Returns every request and delivery, oldest first. */
    journal: () => call('journal'),
    clearJournal: () => call('journal', 'DELETE'),
    /** Merges into `ui_attributes`, and into the attributes of workers. */
    configure: (/** @type {object} */ changes) => post('config', changes),
    fault: (/** @type {object} */ fault) => post('faults', fault),
    /** Removes one fault; the requests that it held go on. */
    disarm: (/** @type {number} */ id) => call(`faults/${id}`, 'DELETE'),
    /** Changes an agent: `activity`, `chatCapacity`. */
    agent: (/** @type {string} */ identity, /** @type {object} */ change) => post(`agents/${identity}`, change),
    /** Adds an agent, who is signed in: `identity`, `fullName`, and more where it differs from a plain one. */
    addAgent: (/** @type {object} */ plan) => post('agents', plan),
    latency: (/** @type {number} */ ms) => post('latency', { ms }),
    /** Advances the clock. */
    pass: (/** @type {number} */ ms) => post('clock', { advanceMs: ms }),
    customerWrites: (/** @type {string} */ id, /** @type {string} */ body) =>
      post(`customers/${id}/messages`, { body }),
    tokens: (/** @type {object} */ change) => post('tokens', change),
    /** Puts items, by key, into a Sync map: new ones, and others for those that it has. Creates a missing map. */
    putItems: (/** @type {string} */ map, /** @type {object} */ items) => post(`maps/${map}/items`, items),
    /** Ends a task from outside. */
    endTask: (/** @type {string} */ sid, /** @type {string} */ status) => post(`tasks/${sid}`, { status }),
    answerReservation: (/** @type {string} */ sid, /** @type {string} */ status) =>
      post(`reservations/${sid}`, { status }),

    /**
     * Posts to `url` of Twilio's event bridge as an agent's screen. Returns the payload of the response.
     *
     * @param {{ token: string }} agent
     * @param {string} url
     * @param {object} params
     */
    async eventBridge(agent, url, params) {
      const body = JSON.stringify({ url, method: 'POST', params, token: agent.token });
      const response = await fetch(`${origin}/__host/event-bridge.twilio.com/v1/wschannels`, { method: 'POST', body });
      /** @type {any} the payload of any of its addresses */
      const { payload, message } = await response.json();
      if (!response.ok) throw new Error(`${url}: ${response.status} ${message}`);
      return payload;
    },
    /**
     * Accepts the pending offer of a worker.
     *
     * @param {string} workerSid
     */
    async acceptFor(workerSid) {
      const { reservations } = await self.world();
      const offer = reservations.find((one) => one.worker_sid === workerSid && one.reservation_status === 'pending');
      await self.answerReservation(offer.sid, 'accepted');
    },

    /**
     * Returns the last conversation of a customer.
     *
     * @param {string} id
     */
    async conversationOf(id) {
      const { customers, conversations } = await self.world();
      const { conversation_sid: sid } = customers.find((customer) => customer.id === id);
      return conversations.find((conversation) => conversation.sid === sid);
    },
    /**
     * Returns the attributes of that conversation.
     *
     * @param {string} id
     */
    async attributesOf(id) {
      return JSON.parse((await self.conversationOf(id)).attributes);
    },
    /**
     * Returns the rows of that conversation in agents' lists.
     *
     * @param {string} id
     */
    async rowsOf(id) {
      const { sid } = await self.conversationOf(id);
      const { maps } = await self.world();
      const lists = maps.filter(({ unique_name: name }) => name?.startsWith('ParkedInteractions_'));
      return lists.flatMap(({ items }) => Object.values(items)).filter(({ key }) => key === sid);
    },
    /**
     * Returns all tasks of that conversation, oldest first.
     *
     * @param {string} id
     */
    async tasksOf(id) {
      const { sid } = await self.conversationOf(id);
      const { tasks } = await self.world();
      return tasks.filter((task) => task.attributes.conversationSid === sid);
    },
    /** @param {string} identity */
    async worker(identity) {
      const { workers } = await self.world();
      return workers.find((worker) => worker.friendly_name === identity);
    },
    /**
     * Returns the number of a worker's tasks in a task channel.
     *
     * @param {string} identity
     */
    async assigned(identity, channel = 'chat') {
      const { channels } = await self.worker(identity);
      return channels.find((/** @type {any} as in the world */ one) => one.task_channel_unique_name === channel)
        .assigned_tasks;
    },
  };
  return self;
}
