import type { Context } from './context';

/** The duration of a success. A notification covers the Park button; Flex's 8 s are too long for an agent who parks several in a row. */
const DONE_MS = 4_000;

/** Registers Rust's notifications. The text of each is in Flex's strings, under its id. */
export function registerNotifications({ flex, core }: Pick<Context, 'flex' | 'core'>): void {
  for (const { id, kind } of core.notifications()) {
    const timeout = kind === 'success' ? { timeout: DONE_MS } : {};
    flex.Notifications.registerNotification({ id, content: id, type: flex.NotificationType[kind], ...timeout });
  }
}
