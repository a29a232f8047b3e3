import type { Context } from './context';
import type { Effect } from './core/generated/glue';
import { hasTaskFor } from './flex/task';

/** Does what Rust has decided. */
export function apply(effects: Effect[], context: Pick<Context, 'flex' | 'manager'>): void {
  for (const effect of effects) applyOne(effect, context);
}

function applyOne(effect: Effect, { flex, manager }: Pick<Context, 'flex' | 'manager'>): void {
  switch (effect.kind) {
    case 'notify':
      flex.Notifications.showNotification(effect.id, { field: effect.field });
      break;
    case 'unloadConversation':
      setTimeout(() => unloadConversation(effect.conversationSid, manager), effect.afterMs);
      break;
    case 'warn':
      console.warn(`park-interaction: ${effect.message}`);
  }
}

/** Unless the conversation has come back meanwhile: then Flex needs its state. */
function unloadConversation(conversationSid: string, manager: Context['manager']): void {
  if (hasTaskFor(manager, conversationSid)) return;
  manager.store.dispatch({
    type: 'CONVERSATION_UNLOAD',
    payload: {},
    meta: { conversationSid, channelSid: conversationSid },
  });
}
