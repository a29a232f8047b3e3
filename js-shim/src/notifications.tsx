import * as React from 'react';
import type { Notification } from '@twilio/flex-ui';

import { UNPARK_INTERACTION } from './actions/unparkInteraction';
import type { Context } from './context';
import { text } from './strings';

/** The duration of a success. A notification covers the Park button; Flex's 8 s are too long for an agent who parks several in a row. */
const DONE_MS = 4_000;
/** The duration of one that can be undone: the time to notice a mistake. */
const UNDOABLE_MS = 8_000;

type Where = Pick<Context, 'flex' | 'manager' | 'core'>;

/** Registers Rust's notifications. The text of each is in Flex's strings, under its id. */
export function registerNotifications(context: Where): void {
  const { flex, core } = context;
  for (const { id, kind } of core.notifications()) {
    const look =
      kind === 'undoable'
        ? { type: flex.NotificationType.success, timeout: UNDOABLE_MS, actions: [undoAction(context)] }
        : { type: flex.NotificationType[kind], ...(kind === 'success' && { timeout: DONE_MS }) };
    flex.Notifications.registerNotification({ id, content: id, ...look });
  }
}

/** Returns the button that resumes the conversation of the notification. */
function undoAction({ flex, manager }: Where) {
  const { Action } = flex.NotificationBar;
  const undo = (_: unknown, notification: Notification) => {
    flex.Notifications.dismissNotification(notification);
    const payload = { ConversationSid: notification.context?.field };
    // The action has shown the agent the reason.
    void flex.Actions.invokeAction(UNPARK_INTERACTION, payload).catch(() => undefined);
  };
  return <Action key="undo" label={text(manager, 'ParkInteractionUndo')} onClick={undo} />;
}
