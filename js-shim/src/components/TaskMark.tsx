import * as React from 'react';
import type { ITask } from '@twilio/flex-ui';
import type * as Flex from '@twilio/flex-ui';

const MARK = 'data-park-interaction-task';

/** Marks each task in Flex's list with its SID, which Flex's own elements do not name. */
export function addTaskMarks({ TaskListItem }: typeof Flex): void {
  TaskListItem.Content.add(<TaskMark key={MARK} />);
}

const TaskMark = ({ task }: { task?: ITask }) => <span hidden {...{ [MARK]: task?.sid }} />;

/** Returns the element of a task in Flex's list. Several customers may have the same name. */
export function taskElement(sid: string | undefined): HTMLElement | undefined {
  const mark = document.querySelector(`[${MARK}="${sid}"]`);
  const items = [...document.querySelectorAll<HTMLElement>('.Twilio-TaskListBaseItem')];
  // The mark stands behind its element, before the next one.
  return items.filter((item) => mark && item.compareDocumentPosition(mark) & Node.DOCUMENT_POSITION_FOLLOWING).pop();
}
