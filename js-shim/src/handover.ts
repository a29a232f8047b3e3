// The agent's hands: the task and the element that they work in after a park, an acceptance or a resume.

import type * as Flex from '@twilio/flex-ui';
import type { ITask, Manager } from '@twilio/flex-ui';

import { taskElement } from './components/TaskMark';
import { acceptedTasks } from './flex/task';
import { messageBox } from './flex/conversation';
import { until } from './flex/until';

const GONE_WITHIN_MS = 10_000;
const SHOWN_WITHIN_MS = 5_000;

interface Where {
  flex: typeof Flex;
  manager: Manager;
}

/**
 * Selects the next task in place of the selected `task`, which is about to be parked, so that the agent need not wait for Twilio.
 * Without another task nothing changes. Returns a function that ends the handover, with the success of the park.
 */
export function handOver({ flex, manager }: Where, task: ITask | undefined): (isParked: boolean) => Promise<void> {
  if (!task || !isSelected(manager, task)) return () => Promise.resolve();
  const isKeyboard = Boolean(document.activeElement?.matches(':focus-visible'));
  const next = nextTo(task, acceptedTasks(manager));
  const select = (to: ITask) => flex.Actions.invokeAction('SelectTask', { task: to }).catch(() => undefined);
  const selected = next && select(next).then(() => (isKeyboard ? focusTask(next) : focusMessageBox()));

  return async (isParked) => {
    await selected;
    if (!isParked) {
      // An agent who writes to the next customer by now goes on: the rest of the sentence would go to the wrong one.
      if (next && isSelected(manager, next) && !isWriting()) await select(task);
      return;
    }
    if (next) return;
    await until(manager, () => (isSelected(manager, task) ? undefined : true), GONE_WITHIN_MS);
    if (isKeyboard) focusTask();
  };
}

/** Returns true if the agent is writing something, here or in another application in the page. */
export function isWriting(): boolean {
  const element = document.activeElement;
  if (element === messageBox()) return Boolean(messageBox()?.value);
  return Boolean(element?.matches('input, textarea, select, iframe, [contenteditable=""], [contenteditable="true"]'));
}

/** Returns true if the task is the selected one. */
export const isSelected = (manager: Manager, task: ITask | undefined): boolean =>
  manager.store.getState().flex.view.selectedTaskSid === task?.sid;

/** Returns the task below another one in Flex's list, which has the newest first, or else the one above it. */
function nextTo(task: ITask, tasks: ITask[]): ITask | undefined {
  const list = [...tasks].sort((a, b) => Number(b.dateCreated) - Number(a.dateCreated));
  const index = list.findIndex(({ sid }) => sid === task.sid);
  return list[index + 1] ?? list[index - 1];
}

/** Moves the keyboard's focus to a task in Flex's list, or else to the list. */
function focusTask(task?: ITask): void {
  requestAnimationFrame(() => {
    const item = taskElement(task?.sid);
    const list = document.querySelector<HTMLElement>('.Twilio-TaskListsContainer, .Twilio-NoTasksCanvas');
    if (!item && list) list.tabIndex = -1;
    (item || list)?.focus();
  });
}

/** Moves the keyboard's focus to the message box of the selected task, as soon as there is one. */
export function focusMessageBox(): void {
  const end = performance.now() + SHOWN_WITHIN_MS;
  const look = () => {
    const box = messageBox();
    if (box && !box.disabled) return isWriting() ? undefined : box.focus();
    else if (performance.now() < end) requestAnimationFrame(look);
  };
  look();
}
