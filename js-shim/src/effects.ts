import type { Context } from './context';
import type { ShimEffect } from './core/generated/glue';
import { hasAcceptedTaskFor } from './flex/task';
import { text } from './strings';
import { formatsOf } from './strings/format';

type Where = Pick<Context, 'flex' | 'manager'>;

/** Applies the effects that Rust has decided. `customer` is the name of the customer whom they are about. */
export function apply(effects: ShimEffect[], context: Where, customer?: string): void {
  for (const effect of effects) applyOne(effect, context, customer);
}

function applyOne(effect: ShimEffect, { flex, manager }: Where, customer?: string): void {
  switch (effect.kind) {
    case 'notify':
      flex.Notifications.showNotification(effect.id, {
        field: effect.field,
        time: effect.time && formatsOf(manager).due(effect.time * 1_000),
        customer: customer ?? text(manager, 'ParkInteractionTheCustomer'),
      });
      break;
    case 'notifyCount':
      flex.Notifications.showNotification(effect.id, {
        field: effect.count,
        oldest: effect.since ? formatsOf(manager).oldest(effect.customer, effect.since * 1_000) : '',
      });
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
