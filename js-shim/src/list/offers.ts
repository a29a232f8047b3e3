import type { ITask } from '@twilio/flex-ui';

import type { List } from '../core/generated/glue';
import type { Context } from '../context';
import { pendingTasks } from '../flex/task';

/** An offer has ended, and the agent does not have the task. */
const ENDS = ['taskRejected', 'taskTimeout', 'taskRescinded', 'taskCanceled'];

/**
 * Follows the offers of conversations that the agent has resumed: the list says which one to accept for them.
 *
 * Gives what looks at the offers that are open already.
 */
export function followOffers(list: List, { flex, manager }: Context, changed: () => void): () => void {
  const offer = (task: ITask) => {
    if (list.offer(task.attributes?.conversationSid)) void accept(task);
    changed();
  };
  const accept = async (task: ITask) => {
    try {
      await flex.Actions.invokeAction('AcceptTask', { task });
      await flex.Actions.invokeAction('SelectTask', { task });
      await flex.Actions.invokeAction('NavigateToView', { viewName: 'agent-desktop' });
    } catch (error) {
      console.warn('park-interaction:', error);
    }
  };
  manager.events.addListener('taskReceived', offer);
  for (const event of ENDS) {
    manager.events.addListener(event, (task: ITask) => {
      list.end(task.attributes?.conversationSid);
      changed();
    });
  }
  return () => pendingTasks(manager).forEach(offer);
}
