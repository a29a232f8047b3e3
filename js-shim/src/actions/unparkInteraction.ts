import type { Context } from '../context';
import { operate } from '../core/operate';
import { oncePerKey, perform } from './perform';

export const UNPARK_INTERACTION = 'UnparkInteraction';

interface UnparkPayload {
  ConversationSid?: string;
  WebhookSid?: string;
  /** The customer's name, for the texts. */
  customerName?: string;
}

/** Registers the action `UnparkInteraction`, which takes `{ ConversationSid, WebhookSid, customerName }`. */
export function registerUnpark(context: Context): void {
  const { flex } = context;
  const once = oncePerKey<string | undefined>();

  const unpark = (payload?: UnparkPayload) =>
    once(payload?.ConversationSid, () => {
      const unparked = context.list?.unpark(payload) ?? operate(context, 'unpark', payload);
      return perform(unparked, context, { customer: payload?.customerName }, payload?.ConversationSid);
    });
  flex.Actions.registerAction(UNPARK_INTERACTION, unpark);
}
