import type { Context } from '../context';
import type { ShimOutcome } from '../core/generated/glue';
import { apply } from '../effects';

/** The error of an operation that was not done: `isUnclear` if nobody knows that. */
export type NotDone = Error & NonNullable<ShimOutcome['error']>;

/**
 * Applies an outcome `about` a customer. Rejects if the operation was not done, so that Flex does not fire the action's `after` event.
 */
export async function perform(
  operation: Promise<ShimOutcome>,
  context: Context,
  about: Parameters<typeof apply>[2],
): Promise<void> {
  const { effects, error } = await operation;
  apply(effects, context, about);
  if (error) throw Object.assign(new Error(error.message), { ...error, name: 'ParkInteractionError' });
}

/** Returns a function that runs one call for each key at a time; calls for the same key meanwhile get the same promise. */
export function oncePerKey<Key>(): (key: Key, call: () => Promise<void>) => Promise<void> {
  const running = new Map<Key, Promise<void>>();
  return (key, call) => {
    const current = running.get(key) ?? call().finally(() => running.delete(key));
    running.set(key, current);
    return current;
  };
}
