import type { ITask, Manager } from '@twilio/flex-ui';

import type { TaskView } from '../core/generated/glue';

/** A reservation of the TaskRouter SDK, as far as it is read here. */
export interface Reservation {
  status: unknown;
  task: { sid: unknown; attributes?: Record<string, unknown>; taskChannelUniqueName?: unknown };
  on(event: 'accepted', listener: (reservation: Reservation) => void): unknown;
}

/** A payload as Flex's own task actions take it. */
export interface TaskPayload {
  task?: ITask;
  sid?: string;
  taskSid?: string;
}

/** The task of a Flex action's payload, which names it by itself, its reservation or its SID. */
export function taskOf(manager: Manager, { task, sid, taskSid }: TaskPayload): ITask | undefined {
  return task ?? tasks(manager).find((one) => one.sid === (sid ?? taskSid) || one.taskSid === (taskSid ?? sid));
}

/** Whether the agent has accepted a task for the conversation. */
export function hasAcceptedTaskFor(manager: Manager, conversationSid: string): boolean {
  return tasks(manager).some(
    ({ attributes, status }) => attributes?.conversationSid === conversationSid && status !== 'pending',
  );
}

/** The tasks that the agent is being offered. */
export const pendingTasks = (manager: Manager): ITask[] => tasks(manager).filter(({ status }) => status === 'pending');

/** What Rust reads of a task: nothing that a customer wrote. */
export const taskView = (task: ITask | undefined): TaskView => ({
  taskSid: task?.taskSid,
  status: task?.status,
  channelType: task?.channelType,
  attributes: attributesView(task?.attributes),
});

/** The same of a reservation. */
export const reservationView = ({ status, task }: Reservation): TaskView => ({
  taskSid: task.sid,
  status,
  channelType: task.attributes?.channelType ?? task.taskChannelUniqueName,
  attributes: attributesView(task.attributes),
});

const tasks = (manager: Manager): ITask[] => Array.from(manager.store.getState().flex.worker.tasks.values());

const attributesView = (attributes: Record<string, unknown> = {}): unknown => ({
  conversationSid: attributes.conversationSid,
  flexInteractionSid: attributes.flexInteractionSid,
  flexInteractionChannelSid: attributes.flexInteractionChannelSid,
  originalRouting: attributes.originalRouting,
});
