import * as React from 'react';
import type { Notification } from '@twilio/flex-ui';
import type * as Flex from '@twilio/flex-ui';

/** The target of this plugin's notifications. Flex's own bar, across the top, leaves out those with a target. */
export const NOTICES = 'park-interaction';

/** The most notifications at a time: they may cover the end of the list of tasks, and no more. */
const MOST = 3;

/** Below the list of tasks, where neither Park nor the tools of the list of parked conversations are. They grow upwards. */
const PLACE: React.CSSProperties = {
  position: 'fixed',
  left: '60px',
  bottom: '8px',
  width: '19rem',
  height: 0,
  display: 'flex',
  alignItems: 'flex-end',
  zIndex: 6,
  filter: 'drop-shadow(0 2px 6px rgb(0 0 0 / 0.3))',
};

const UNSEEN: React.CSSProperties = {
  position: 'absolute',
  width: '1px',
  height: '1px',
  clipPath: 'inset(50%)',
  overflow: 'hidden',
};

let unseen: HTMLElement | null = null;

/** Says something to people who use a screen reader. A new element makes the same words a second time a change too. */
export function announce(words: string): void {
  const said = document.createElement('span');
  said.textContent = words;
  unseen?.replaceChildren(said);
}

/** Adds the place of this plugin's notifications and announcements. It outlives every view. */
export function addNotices({ flex }: { flex: typeof Flex }): void {
  const { NotificationBar, Notifications } = flex;
  const isOurs = ({ options }: Notification) => options?.target === NOTICES;
  Notifications.addListener('notificationAdded', () => {
    Notifications.activeNotifications
      .filter(isOurs)
      .slice(0, -MOST)
      .forEach((old) => Notifications.dismissNotification(old));
  });
  flex.RootContainer.Content.add(
    // Flex reads out the notifications of its own bar only.
    <div key={NOTICES} role="status" aria-atomic={false} style={PLACE}>
      <span ref={(element) => (unseen = element)} style={UNSEEN} data-testid="park-interaction-announcement" />
      <NotificationBar filter={isOurs} />
    </div>,
  );
}
