// Follows the offers of conversations that the agent has resumed.

import type { ITask } from '@twilio/flex-ui';

import type { List } from '../core/generated/glue';
import type { Context } from '../context';
import { pendingTasks, type TaskPayload } from '../flex/task';
import { isWriting } from '../handover';

/** The events that end an offer without giving the agent the task. */
const ENDS = ['taskRejected', 'taskTimeout', 'taskRescinded', 'taskCanceled'];

/**
 * Follows the offers of conversations that the agent has resumed. The list decides which offers to accept for the agent. A task is
 * shown once it is accepted, also by another plugin that accepts all offers.
 *
 * Returns a function that handles the offers which are open already.
 */
export function followOffers(list: List, { flex, manager }: Context, changed: () => void): () => void {
  const { Actions } = flex;
  /** Reservations to show once they are accepted. */
  const wanted = new Set<unknown>();
  /** Reservations that somebody on this page accepts. */
  const accepting = new Set<unknown>();

  const offer = (task: ITask) => {
    if (list.offer(task.attributes?.conversationSid)) {
      wanted.add(task.sid);
      // A second acceptance would fail. Flex itself logs a failure.
      if (!accepting.has(task.sid)) void Actions.invokeAction('AcceptTask', { task }).catch(() => undefined);
    }
    changed();
  };
  const show = async (task: ITask) => {
    // An agent who writes to another customer goes on: the new task stands in their list.
    if (!wanted.delete(task.sid) || isWriting()) return;
    try {
      await Actions.invokeAction('SelectTask', { task });
      await Actions.invokeAction('NavigateToView', { viewName: 'agent-desktop' });
    } catch (error) {
      console.warn('park-interaction:', error);
    }
  };
  Actions.addListener('beforeAcceptTask', ({ task, sid }: TaskPayload) => void accepting.add(task?.sid ?? sid));
  manager.events.addListener('taskReceived', offer);
  manager.events.addListener('taskAccepted', (task: ITask) => void show(task));
  for (const event of ENDS) {
    manager.events.addListener(event, (task: ITask) => {
      wanted.delete(task.sid);
      list.end(task.attributes?.conversationSid);
      changed();
    });
  }
  return () => pendingTasks(manager).forEach(offer);
}
