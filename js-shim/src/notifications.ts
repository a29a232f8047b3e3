import type { Context } from './context';

/** A notification lies over the Park button, and Flex leaves it there for 8 s: too long for who parks several in a row. */
const DONE_MS = 4_000;

/** Registers Rust's notifications: the text of each stands under its id in Flex's strings. */
export function registerNotifications({ flex, core }: Pick<Context, 'flex' | 'core'>): void {
  for (const { id, kind } of core.notifications()) {
    const timeout = kind === 'success' ? { timeout: DONE_MS } : {};
    flex.Notifications.registerNotification({ id, content: id, type: flex.NotificationType[kind], ...timeout });
  }
}
