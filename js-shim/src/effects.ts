import type { Context } from './context';
import type { ShimEffect } from './core/generated/glue';
import { hasAcceptedTaskFor } from './flex/task';

/** Applies the effects that Rust has decided. */
export function apply(effects: ShimEffect[], context: Pick<Context, 'flex' | 'manager'>): void {
  for (const effect of effects) applyOne(effect, context);
}

function applyOne(effect: ShimEffect, { flex, manager }: Pick<Context, 'flex' | 'manager'>): void {
  switch (effect.kind) {
    case 'notify':
      flex.Notifications.showNotification(effect.id, { field: effect.field });
      break;
    case 'unloadConversation':
      scheduleUnload(effect.conversationSid, effect.afterMs, manager);
      break;
    case 'warn':
      console.warn(`park-interaction: ${effect.message}`);
  }
}

const scheduled = new Map<unknown, () => void>();

/** Unloads a conversation later, unless the agent has it again by then, because Flex needs its state. */
function scheduleUnload(conversationSid: string, afterMs: number, manager: Context['manager']): void {
  const unload = () => {
    clearTimeout(timer);
    scheduled.delete(conversationSid);
    manager.store.dispatch({
      type: 'CONVERSATION_UNLOAD',
      payload: {},
      meta: { conversationSid, channelSid: conversationSid },
    });
  };
  const timer = setTimeout(() => {
    if (hasAcceptedTaskFor(manager, conversationSid)) scheduled.delete(conversationSid);
    else unload();
  }, afterMs);
  scheduled.set(conversationSid, unload);
}

/** Unloads a conversation that is offered again, before Flex loads it. */
export function unloadBeforeReturn(conversationSid: unknown): void {
  scheduled.get(conversationSid)?.();
}
