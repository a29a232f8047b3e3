import type { Context } from '../context';
import { operate } from '../core/operate';
import { conversationOf, lastMessageIndex } from '../flex/conversation';
import { taskOf, taskView, type TaskPayload } from '../flex/task';
import { oncePerKey, perform } from './perform';

export const PARK_INTERACTION = 'ParkInteraction';

/** Registers the action `ParkInteraction`, which takes `{ task }`, or `{ sid }` or `{ taskSid }` as Flex's own task actions do. */
export function registerPark(context: Context): void {
  const { flex, manager } = context;
  const once = oncePerKey<string | undefined>();

  const park = async ({ task }: TaskPayload) => {
    const view = {
      task: taskView(task),
      lastMessageIndex: lastMessageIndex(conversationOf(manager.store.getState(), task)),
    };
    await once(task?.sid, () => perform(operate(context, 'park', view), context));
  };
  flex.Actions.registerAction(PARK_INTERACTION, park, (payload: TaskPayload = {}) => ({
    ...payload,
    task: taskOf(manager, payload),
  }));
}
