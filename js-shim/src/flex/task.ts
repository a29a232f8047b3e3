import type { ITask, Manager } from '@twilio/flex-ui';

import type { TaskView } from '../core/generated/glue';
import { until } from './until';

/** The fields of a TaskRouter SDK reservation that are read here. */
export interface Reservation {
  status: unknown;
  task: { sid: unknown; attributes?: Record<string, unknown>; taskChannelUniqueName?: unknown };
  on(event: 'accepted', listener: (reservation: Reservation) => void): unknown;
}

/** The payload of Flex's own task actions. */
export interface TaskPayload {
  task?: ITask;
  sid?: string;
  taskSid?: string;
}

/** Returns the task of a Flex action's payload, which has the task itself, the SID of its reservation, or its own SID. */
export function taskOf(manager: Manager, { task, sid, taskSid }: TaskPayload): ITask | undefined {
  return task ?? tasks(manager).find((one) => one.sid === (sid ?? taskSid) || one.taskSid === (taskSid ?? sid));
}

/** Returns true if the agent has accepted a task for the conversation. */
export function hasAcceptedTaskFor(manager: Manager, conversationSid: string): boolean {
  return tasks(manager).some(
    ({ attributes, status }) => attributes?.conversationSid === conversationSid && status !== 'pending',
  );
}

/** Resolves to true once the agent has, or is offered, a task for the conversation; to false after `ms`. */
export const taskComes = async (
  manager: Manager,
  conversationSid: string | undefined,
  ms: number,
): Promise<boolean> => {
  const find = () => tasks(manager).find(({ attributes }) => attributes?.conversationSid === conversationSid);
  return (await until(manager, find, ms)) !== undefined;
};

/** Returns the tasks that the agent works on. */
export const acceptedTasks = (manager: Manager): ITask[] =>
  tasks(manager).filter(({ status }) => status === 'accepted');

/** Returns the tasks that the agent is being offered. */
export const pendingTasks = (manager: Manager): ITask[] => tasks(manager).filter(({ status }) => status === 'pending');

/** Returns the customer's name for the agent who has the task, if it is known. The core never gets it. */
export const customerOf = (task: ITask | undefined): string | undefined =>
  task?.attributes?.customerName || task?.attributes?.from || undefined;

/** Returns the view of a task for the core. It has no data of the customer. */
export const taskView = (task: ITask | undefined): TaskView => ({
  taskSid: task?.taskSid,
  status: task?.status,
  channelType: task?.channelType,
  queueName: task?.queueName,
  queueSid: task?.queueSid,
  attributes: attributesView(task?.attributes),
});

/** Returns the view of a reservation's task for the core. */
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
