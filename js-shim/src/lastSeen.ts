// "New" and the number of unread messages of a conversation that is back from parking: they begin where the agent who parked stopped.

import type { Context } from './context';
import { taskOf, type TaskPayload } from './flex/task';

/**
 * After each accepted task that is back, marks the messages as read that the agent who parked has seen. The agent's participant is a
 * new one, for whom Flex counts every message as unread.
 */
export function followLastSeen({ flex, manager, core }: Context): void {
  /** The indices of the last seen messages by conversation, until Flex has loaded it. */
  const waiting = new Map<string, number>();

  manager.store.subscribe(() => {
    if (waiting.size === 0) return;
    const { conversations } = manager.store.getState().flex.chat;
    waiting.forEach((index, conversationSid) => {
      const { source, messages } = conversations[conversationSid] ?? {};
      // Only participants can mark messages as read.
      if (source?.status !== 'joined' || !messages?.length) return;
      waiting.delete(conversationSid);
      void source.advanceLastReadMessageIndex(index).catch(() => undefined);
    });
  });
  flex.Actions.addListener('afterAcceptTask', (payload: TaskPayload) => {
    const task = taskOf(manager, payload);
    const parked: unknown = task?.attributes?.parked;
    const index = core.returned({ parked, workerSid: undefined, status: undefined })?.lastSeenIndex;
    if (task && typeof index === 'number') waiting.set(task.attributes?.conversationSid as string, index);
  });
}
