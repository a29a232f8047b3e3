import type { Context } from '../context';
import { logoutSignal, token } from '../flex/session';
import { oncePerKey, perform } from './perform';

export const UNPARK_INTERACTION = 'UnparkInteraction';

interface UnparkPayload {
  ConversationSid?: string;
  WebhookSid?: string;
}

/** `UnparkInteraction` takes `{ ConversationSid, WebhookSid }`. */
export function registerUnpark(context: Context): void {
  const { flex, manager, settings } = context;
  const once = oncePerKey<string | undefined>();

  const unpark = (payload?: UnparkPayload) =>
    once(payload?.ConversationSid, () =>
      perform(
        (context.list ?? context.core).unpark(payload, settings.functionsOrigin, token(manager), logoutSignal()),
        context,
      ),
    );
  flex.Actions.registerAction(UNPARK_INTERACTION, unpark);
}
