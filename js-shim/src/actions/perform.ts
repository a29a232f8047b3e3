import type { Context } from '../context';
import type { OperationName, ShimOutcome } from '../core/generated/glue';
import { operate } from '../core/operate';
import { dropDraft } from '../drafts';
import { apply, unload } from '../effects';

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

interface RowPayload {
  ConversationSid?: string;
  /** The number of unheard messages that the agent has seen in the row. */
  unread?: number;
}

/** Registers an action on a parked conversation that a row of the list shows. */
export function registerRowAction(context: Context, name: string, operation: OperationName): void {
  const once = oncePerKey<string | undefined>();

  const act = (payload?: RowPayload) =>
    once(payload?.ConversationSid, async () => {
      const conversationSid = String(payload?.ConversationSid);
      const customer = customerOf(context, conversationSid);
      if (operation !== 'keep') context.list?.endWait(conversationSid);
      await perform(operate(context, operation, payload), context, { customer });
      if (operation === 'end') {
        // Nobody can send a half-written reply any more. The unload after a park keeps it once more.
        unload(conversationSid);
        dropDraft(context.manager, conversationSid);
      }
    });
  context.flex.Actions.registerAction(name, act);
}

/** Returns the customer's name in the row of a conversation, if the list shows it. */
function customerOf({ list }: Context, conversationSid = ''): string | undefined {
  const place = list?.indexOf(conversationSid) ?? null;
  if (place === null) return undefined;
  return list?.rows(place, place + 1)[0]?.data.customerName ?? undefined;
}
