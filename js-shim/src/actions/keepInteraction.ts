import type { Context } from '../context';
import { operate } from '../core/operate';
import { oncePerKey, perform } from './perform';

export const KEEP_INTERACTION = 'KeepParkedInteraction';

interface KeepPayload {
  ConversationSid?: string;
}

/** Registers the action `KeepParkedInteraction`, which takes `{ ConversationSid }`: the longest wait of the conversation begins again. */
export function registerKeep(context: Context): void {
  const once = oncePerKey<string | undefined>();

  const keep = (payload?: KeepPayload) =>
    once(payload?.ConversationSid, () =>
      perform(operate(context, 'keep', payload), context, {
        customer: customerOf(context, payload?.ConversationSid),
      }),
    );
  context.flex.Actions.registerAction(KEEP_INTERACTION, keep);
}

/** Returns the customer's name in the row of a conversation, if the list shows it. */
function customerOf({ list }: Context, conversationSid = ''): string | undefined {
  const place = list?.indexOf(conversationSid) ?? null;
  if (place === null) return undefined;
  return list?.rows(place, place + 1)[0]?.data.customerName ?? undefined;
}
