// Conversations that wait until the agent has room for them.

import type * as Flex from '@twilio/flex-ui';
import type { Manager } from '@twilio/flex-ui';

import type { List } from '../core/generated/glue';
import { taskComes } from '../flex/task';
import { kept } from '../kept';
import { text } from '../strings';

/** The time in which a task of a conversation that has left the list may come to this agent. */
const OWN_WITHIN_MS = 3_000;

/** A conversation that waits. It is a gift if no click has asked for it; then the Functions check that it was given. */
export type Wait = [conversationSid: string, customerName: string | undefined, isGift?: boolean];

export interface Waits {
  /** Returns true if the agent may have room for a conversation of the channel. Otherwise the row says why not. */
  wish(conversationSid: string, channel: string): boolean;
  /** Lets the conversation come when there is room. */
  wait(conversationSid: string, customerName: string | undefined): void;
  /** Does the same for a conversation that was given to the agent, unless it waits by their own wish. */
  waitForGift(conversationSid: string, customerName: string | undefined): void;
  /** Takes the agent's wish back. */
  cancel(conversationSid: string): void;
  /** Ends a wait without a word, if there is one: the agent has decided otherwise. */
  remove(conversationSid: string): void;
  /** Does the next step, which the list decides, in one tab at a time. */
  step(): void;
}

/** Follows the conversations that wait for room, in all tabs of the agent. `resume` never rejects. */
export function followWaits(
  list: List,
  { flex, manager }: { flex: typeof Flex; manager: Manager },
  changed: () => void,
  resume: (wait: Wait) => Promise<void>,
): Waits {
  const waits = kept<Wait>(manager, 'waits');
  const others = (conversationSid: string) => waits.read().filter(([sid]) => sid !== conversationSid);
  const add = (wait: Wait) => {
    list.cancel(wait[0]);
    waits.write([...others(wait[0]), wait]);
    changed();
  };
  const remove = (conversationSid: string) => {
    waits.write(others(conversationSid));
    changed();
  };

  const end = async (wait: Wait, isRoom: boolean) => {
    const [conversationSid, customer = text(manager, 'ParkInteractionTheCustomer')] = wait;
    remove(conversationSid);
    if (isRoom) await resume(wait);
    else if (!(await taskComes(manager, conversationSid, OWN_WITHIN_MS))) {
      flex.Notifications.showNotification('ParkInteractionWaitEnded', { customer });
    }
  };
  window.addEventListener('storage', ({ key }) => {
    if (key === waits.key) changed();
  });
  return {
    wish: (conversationSid, channel) => list.wish(conversationSid, ...roomFor(channel, manager)),
    wait: (conversationSid, customerName) => add([conversationSid, customerName]),
    waitForGift(conversationSid, customerName) {
      if (!waits.read().some(([sid]) => sid === conversationSid)) add([conversationSid, customerName, true]);
    },
    remove,
    cancel(conversationSid) {
      list.cancel(conversationSid);
      remove(conversationSid);
    },
    step() {
      const all = waits.read();
      const keys = all.map(([sid]) => sid);
      const gifts = all.filter(([, , isGift]) => isGift).map(([sid]) => sid);
      const next = list.wait(keys.join(' '), gifts.join(' '), ...roomFor('', manager));
      if (!next) return;
      const find = () => waits.read().find(([sid]) => sid === keys[Math.abs(next) - 1]);
      // Another tab may be about to do it, or have done it.
      void navigator.locks.request(waits.key, { ifAvailable: true }, async (lock) => {
        const wait = lock && find();
        if (wait) await end(wait, next > 0);
      });
    },
  };
}

interface Channel {
  taskChannelUniqueName: string;
  assignedTasks: number;
  capacity: number;
}

/** Returns the agent's room as Flex knows it. Other messages than emails have the task channel of chats, unless the owner changed it. */
export function roomFor(channel: string, { workerClient }: Manager): [boolean, number, number] {
  const channels = (workerClient?.channels ?? new Map()) as unknown as Map<string, Channel>;
  const name = channel === 'email' ? channel : 'chat';
  const found = [...channels.values()].find(({ taskChannelUniqueName }) => taskChannelUniqueName === name);
  return [workerClient?.activity.available ?? true, found?.assignedTasks ?? 0, found?.capacity ?? 0];
}
