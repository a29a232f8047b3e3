import type { Context } from '../context';
import { operate } from '../core/operate';
import { conversationOf, lastMessageIndex, messageBox, onScreen } from '../flex/conversation';
import { dropDraft, filesChosen, keepDraft } from '../drafts';
import { agentName } from '../flex/session';
import { customerOf, taskOf, taskView, type TaskPayload } from '../flex/task';
import { handOver, isSelected } from '../handover';
import { oncePerKey, perform, type NotDone } from './perform';

export const PARK_INTERACTION = 'ParkInteraction';

/** The payload: the task, and an appointment as in `ParkView`, which Rust checks. */
interface ParkPayload extends TaskPayload {
  appointment?: unknown;
  /** True if the files that the agent has chosen for the next message may be lost. */
  withoutFiles?: boolean;
}

/**
 * Registers the action `ParkInteraction`, which takes `{ task, appointment, withoutFiles }`, or `sid` or `taskSid` as Flex's own task
 * actions do. Without an appointment the conversation is parked until the customer writes.
 */
export function registerPark(context: Context): void {
  const { flex, manager } = context;
  const once = oncePerKey<string | undefined>();

  const park = async (payload: ParkPayload) => {
    const { task, appointment, withoutFiles } = payload;
    const view = {
      task: taskView(task),
      lastMessageIndex: lastMessageIndex(conversationOf(manager.store.getState(), task)),
      ...onScreen(manager.store.getState(), task),
      appointment,
      agentName: agentName(manager),
      files: withoutFiles ? 0 : filesChosen(manager, task?.attributes?.conversationSid),
    };
    await once(task?.sid, async () => {
      const conversationSid = String(task?.attributes?.conversationSid);
      // Flex takes the last letters into its state 100 ms later, and may have dropped the state when the park is done.
      if (isSelected(manager, task)) keepDraft(manager, conversationSid, messageBox()?.value);
      const parked = operate(context, 'park', view);
      // The core begins as soon as this stack is empty: the request leaves before Flex draws the next task.
      await Promise.resolve();
      const end = handOver(context, view.files > 0 ? undefined : task);
      try {
        await perform(parked, context, { customer: customerOf(task), payload });
        void end(true);
      } catch (error) {
        // After a lost answer the park may stand.
        if (!(error as NotDone).isUnclear) dropDraft(manager, conversationSid);
        await end(false);
        throw error;
      }
    });
  };
  flex.Actions.registerAction(PARK_INTERACTION, park, (payload: ParkPayload = {}) => ({
    ...payload,
    task: taskOf(manager, payload),
  }));
}
