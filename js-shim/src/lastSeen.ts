// "New" and the number of unread messages of a conversation that is back from parking: they begin where the agent who parked stopped.

import type { Context } from './context';
import { LOADED_WITHIN_MS } from './flex/conversation';
import { taskOf, type TaskPayload } from './flex/task';
import { until } from './flex/until';

/**
 * After each accepted task that is back, marks the messages as read that the agent who parked has seen, once Flex has loaded the
 * conversation. The agent's participant is a new one, for whom Flex counts every message as unread.
 */
export function followLastSeen({ flex, manager, core }: Context): void {
  flex.Actions.addListener('afterAcceptTask', (payload: TaskPayload) => {
    const task = taskOf(manager, payload);
    const parked: unknown = task?.attributes?.parked;
    const index = core.returned({ parked, workerSid: undefined, status: undefined })?.lastSeenIndex;
    if (typeof index !== 'number') return;
    const joined = () => {
      const { conversations } = manager.store.getState().flex.chat;
      const { source, messages } = conversations[task?.attributes?.conversationSid as string] ?? {};
      // Only participants can mark messages as read.
      return source?.status === 'joined' && messages?.length ? source : undefined;
    };
    void until(manager, joined, LOADED_WITHIN_MS)
      .then((source) => source?.advanceLastReadMessageIndex(index))
      .catch(() => undefined);
  });
}
