import type { Context } from '../context';
import { operate } from '../core/operate';
import { oncePerKey, perform } from './perform';

export const UNPARK_INTERACTION = 'UnparkInteraction';

interface UnparkPayload {
  ConversationSid?: string;
  WebhookSid?: string;
}

/** Registers the action `UnparkInteraction`, which takes `{ ConversationSid, WebhookSid }`. */
export function registerUnpark(context: Context): void {
  const { flex } = context;
  const once = oncePerKey<string | undefined>();

  const unpark = (payload?: UnparkPayload) =>
    once(payload?.ConversationSid, () =>
      perform(context.list?.unpark(payload) ?? operate(context, 'unpark', payload), context),
    );
  flex.Actions.registerAction(UNPARK_INTERACTION, unpark);
}
