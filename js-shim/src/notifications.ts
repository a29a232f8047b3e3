import type { Context } from './context';

/** Registers Rust's notifications: the text of each stands under its id in Flex's strings. */
export function registerNotifications({ flex, core }: Pick<Context, 'flex' | 'core'>): void {
  for (const { id, kind } of core.notifications()) {
    flex.Notifications.registerNotification({ id, content: id, type: flex.NotificationType[kind] });
  }
}
