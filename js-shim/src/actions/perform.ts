import type { Context } from '../context';
import type { OperationName, ShimOutcome } from '../core/generated/glue';
import { operate } from '../core/operate';
import { dropDraft } from '../drafts';
import { apply, unload } from '../effects';
import { withoutNotices } from './quiet';

/** The error of an operation that was not done: `isUnclear` if nobody knows that. */
export type NotDone = Error & NonNullable<ShimOutcome['error']>;

/**
 * Applies an outcome `about` a customer. Rejects if the operation was not done, so that Flex does not fire the action's `after` event.
 */
export async function perform(
  operation: Promise<ShimOutcome>,
  context: Context,
  about: Parameters<typeof apply>[2],
  conversationSid?: string,
): Promise<void> {
  const { effects, error } = await operation;
  apply(withoutNotices(effects, conversationSid), context, about);
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

/** The payload of such an action. Rust checks what else is in it. */
interface RowPayload {
  ConversationSid?: string;
}

/** The operations after which the conversation does not come to this agent. */
const LEAVES: OperationName[] = ['give', 'end'];

/** Registers an action on a parked conversation that a row of the list shows. `defaults` are for what the payload leaves out. */
export function registerRowAction(
  context: Context,
  name: string,
  operation: OperationName,
  defaults?: () => object,
): void {
  const once = oncePerKey<string | undefined>();

  const act = (payload?: RowPayload) =>
    once(payload?.ConversationSid, async () => {
      const conversationSid = String(payload?.ConversationSid);
      const customer = customerOf(context, conversationSid);
      if (LEAVES.includes(operation)) context.list?.endWait(conversationSid);
      const operated = operate(context, operation, { ...defaults?.(), ...payload });
      await perform(operated, context, { customer }, conversationSid);
      if (operation === 'end') {
        // Nobody can send a half-written reply any more. The unload after a park keeps it once more.
        unload(conversationSid);
        dropDraft(context.manager, conversationSid);
      }
    });
  context.flex.Actions.registerAction(name, act);
}

/** Returns the customer's name in the row of a conversation, if a list shows it. */
function customerOf({ list, team }: Context, conversationSid: string): string | undefined {
  for (const rows of [list, team]) {
    const place = rows?.indexOf(conversationSid) ?? null;
    if (place !== null) return rows?.rows(place, place + 1)[0]?.data.customerName ?? undefined;
  }
  return undefined;
}
