import type { Context } from '../context';
import { operate } from '../core/operate';
import { conversationOf, lastMessageIndex, onScreen } from '../flex/conversation';
import { agentName } from '../flex/session';
import { customerOf, taskOf, taskView, type TaskPayload } from '../flex/task';
import { oncePerKey, perform } from './perform';

export const PARK_INTERACTION = 'ParkInteraction';

/** The payload: the task, and an appointment as in `ParkView`, which Rust checks. */
interface ParkPayload extends TaskPayload {
  appointment?: unknown;
}

/**
 * Registers the action `ParkInteraction`, which takes `{ task, appointment }`, or `sid` or `taskSid` as Flex's own task actions do.
 * Without an appointment the conversation is parked until the customer writes.
 */
export function registerPark(context: Context): void {
  const { flex, manager } = context;
  const once = oncePerKey<string | undefined>();

  const park = async ({ task, appointment }: ParkPayload) => {
    const view = {
      task: taskView(task),
      lastMessageIndex: lastMessageIndex(conversationOf(manager.store.getState(), task)),
      ...onScreen(manager.store.getState(), task),
      appointment,
      agentName: agentName(manager),
    };
    await once(task?.sid, () => perform(operate(context, 'park', view), context, customerOf(task)));
  };
  flex.Actions.registerAction(PARK_INTERACTION, park, (payload: ParkPayload = {}) => ({
    ...payload,
    task: taskOf(manager, payload),
  }));
}
