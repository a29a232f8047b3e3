import * as React from 'react';
import type { Notification } from '@twilio/flex-ui';

import { PARK_INTERACTION } from './actions/parkInteraction';
import { UNPARK_INTERACTION } from './actions/unparkInteraction';
import { NOTICES } from './components/Notices';
import type { Context } from './context';
import type { NotificationKind } from './core/generated/glue';
import { text, type Key } from './strings';

/** The duration of a success. */
const DONE_MS = 3_000;
/** The duration of one that can be undone: the time to notice a mistake. */
const UNDOABLE_MS = 8_000;

type Where = Pick<Context, 'flex' | 'manager' | 'core'>;

/** Registers Rust's notifications. The text of each is in Flex's strings, under its id. They stand in a place of their own. */
export function registerNotifications({ flex, manager, core }: Where): void {
  const { success, warning, error } = flex.NotificationType;
  const invoke = (action: string, payload?: object) =>
    // The action shows the agent the reason of a failure.
    void flex.Actions.invokeAction(action, payload).catch(() => undefined);

  /** Makes the button of a notification, which does something with the notification's values. */
  const button = (label: Key, act: (values: Record<string, unknown>) => void) => {
    const click = (_: unknown, notification: Notification) => {
      flex.Notifications.dismissNotification(notification);
      act(notification.context ?? {});
    };
    return [<flex.NotificationBar.Action key={label} label={text(manager, label)} onClick={click} />];
  };
  const undo = button('ParkInteractionUndo', ({ field, customer }) =>
    invoke(UNPARK_INTERACTION, { ConversationSid: field, customerName: customer }),
  );
  const without = button('ParkInteractionWithoutFiles', ({ payload }) =>
    invoke(PARK_INTERACTION, { ...(payload as object), withoutFiles: true }),
  );
  const looks: Record<NotificationKind, Partial<Notification>> = {
    success: { type: success, timeout: DONE_MS },
    undoable: { type: success, timeout: UNDOABLE_MS, actions: undo },
    warning: { type: warning },
    error: { type: error },
    login: { type: error, actions: button('ParkInteractionLogin', () => invoke('Logout')) },
    files: { type: warning, actions: without },
  };
  const options = { target: NOTICES };
  for (const { id, kind } of core.notifications()) {
    flex.Notifications.registerNotification({ id, content: id, options, ...looks[kind] });
  }
}
