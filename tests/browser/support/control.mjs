// The simulator's control endpoints, as tests use them.

import { control } from '../../../scripts/lib/control.mjs';

/** A client of the simulator at `origin`. */
export function controlOf(origin) {
  const call = (path, method = 'GET', body) => control(origin, method, path, body);
  const post = (path, body = {}) => call(path, 'POST', body);

  const self = {
    reset: () => post('reset'),
    /** SIDs, agents with their desktops' addresses, and customers. */
    facts: () => call('facts'),
    /** All that there is. */
    world: () => call('world'),
    /** Requests that nothing answered. */
    unknown: () => call('unknown'),
    /** Every request that came and went, oldest first. */
    journal: () => call('journal'),
    clearJournal: () => call('journal', 'DELETE'),
    /** Merges into `ui_attributes`, and into the attributes of workers. */
    configure: (changes) => post('config', changes),
    fault: (fault) => post('faults', fault),
    /** Takes one fault back; what it held goes on. */
    disarm: (id) => call(`faults/${id}`, 'DELETE'),
    /** Changes an agent: `activity`, `chatCapacity`. */
    agent: (identity, change) => post(`agents/${identity}`, change),
    latency: (ms) => post('latency', { ms }),
    /** Lets time pass at once. */
    pass: (ms) => post('clock', { advanceMs: ms }),
    customerWrites: (id, body) => post(`customers/${id}/messages`, { body }),
    tokens: (change) => post('tokens', change),
    /** Puts new items, by key, into a Sync map; makes the map if it is not there. */
    putItems: (map, items) => post(`maps/${map}/items`, items),
    /** Ends a task as nobody who works on it does. */
    endTask: (sid, status) => post(`tasks/${sid}`, { status }),
    answerReservation: (sid, status) => post(`reservations/${sid}`, { status }),

    /** What `url` of Twilio's event bridge answers to an agent's screen. */
    async eventBridge(agent, url, params) {
      const body = JSON.stringify({ url, method: 'POST', params, token: agent.token });
      const response = await fetch(`${origin}/__host/event-bridge.twilio.com/v1/wschannels`, { method: 'POST', body });
      const { payload, message } = await response.json();
      if (!response.ok) throw new Error(`${url}: ${response.status} ${message}`);
      return payload;
    },
    /** Accepts what a worker is being offered, in their place. */
    async acceptFor(workerSid) {
      const { reservations } = await self.world();
      const offer = reservations.find((one) => one.worker_sid === workerSid && one.reservation_status === 'pending');
      await self.answerReservation(offer.sid, 'accepted');
    },

    /** The conversation that a customer last wrote in. */
    async conversationOf(id) {
      const { customers, conversations } = await self.world();
      const { conversation_sid: sid } = customers.find((customer) => customer.id === id);
      return conversations.find((conversation) => conversation.sid === sid);
    },
    /** The attributes of that conversation. */
    async attributesOf(id) {
      return JSON.parse((await self.conversationOf(id)).attributes);
    },
    /** The rows by which agents' lists show that conversation. */
    async rowsOf(id) {
      const { sid } = await self.conversationOf(id);
      const { maps } = await self.world();
      const lists = maps.filter(({ unique_name: name }) => name?.startsWith('ParkedInteractions_'));
      return lists.flatMap(({ items }) => Object.values(items)).filter(({ key }) => key === sid);
    },
    /** The tasks that were ever made for that conversation, oldest first. */
    async tasksOf(id) {
      const { sid } = await self.conversationOf(id);
      const { tasks } = await self.world();
      return tasks.filter((task) => task.attributes.conversationSid === sid);
    },
    async worker(identity) {
      const { workers } = await self.world();
      return workers.find((worker) => worker.friendly_name === identity);
    },
    /** How many tasks a worker has of a kind of work. */
    async assigned(identity, channel = 'chat') {
      const { channels } = await self.worker(identity);
      return channels.find((one) => one.task_channel_unique_name === channel).assigned_tasks;
    },
  };
  return self;
}
