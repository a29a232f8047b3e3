import { announce } from './components/Notices';
import type { Context } from './context';
import type { ShimEffect } from './core/generated/glue';
import { keepDraft } from './drafts';
import { hasAcceptedTaskFor, taskComes } from './flex/task';
import { text } from './strings';
import { formatsOf, type Formats } from './strings/format';

type Where = Pick<Context, 'flex' | 'manager'>;

/** The subject of effects. */
interface About {
  /** The name of the customer. */
  customer?: string;
  /** The payload of the action, for a notification that can invoke it again. */
  payload?: unknown;
}

/** Applies the effects that Rust has decided. */
export function apply(effects: ShimEffect[], context: Where, about: About = {}): void {
  const formats = formatsOf(context.manager);
  for (const effect of effects) void applyOne(effect, context, about, formats);
}

async function applyOne(effect: ShimEffect, { flex, manager }: Where, about: About, formats: Formats): Promise<void> {
  const customer = about.customer ?? text(manager, 'ParkInteractionTheCustomer');
  switch (effect.kind) {
    case 'notify': {
      const { id, field, time, what, patience } = effect;
      if (patience && (await taskComes(manager, field, patience))) return;
      flex.Notifications.showNotification(id, {
        field,
        time: time && formats.due(time * 1_000),
        customer,
        what: what && formats.sentence(what, { customer }),
        payload: about.payload,
      });
      break;
    }
    case 'notifyCount':
      flex.Notifications.showNotification(effect.id, {
        field: effect.count,
        // The limit, which such a notification may be about, refuses parks alone.
        what: formats.sentence('ParkInteractionParkFailed', { customer }),
        oldest: effect.since ? formats.oldest(effect.customer, effect.since * 1_000) : '',
      });
      break;
    case 'unloadConversation':
      scheduleUnload(effect.conversationSid, effect.afterMs, manager);
      break;
    case 'warn':
      console.warn(`park-interaction: ${effect.message}`);
  }
}

/** Says to people who use a screen reader that a customer is back. */
export function announceReturn(
  manager: Context['manager'],
  customer = text(manager, 'ParkInteractionTheCustomer'),
): void {
  announce(formatsOf(manager).sentence('ParkInteractionResumed', { customer }));
}

const scheduled = new Map<unknown, () => void>();

/** Unloads a conversation later, unless the agent has it again by then, because Flex needs its state. */
function scheduleUnload(conversationSid: string, afterMs: number, manager: Context['manager']): void {
  const unloadNow = () => {
    clearTimeout(timer);
    scheduled.delete(conversationSid);
    keepDraft(manager, conversationSid);
    manager.store.dispatch({
      type: 'CONVERSATION_UNLOAD',
      payload: {},
      meta: { conversationSid, channelSid: conversationSid },
    });
  };
  const timer = setTimeout(() => {
    if (hasAcceptedTaskFor(manager, conversationSid)) scheduled.delete(conversationSid);
    else unloadNow();
  }, afterMs);
  scheduled.set(conversationSid, unloadNow);
  keepDraft(manager, conversationSid);
}

/** Unloads a conversation now, if that is scheduled: one that is offered again, before Flex loads it, or one that was ended. */
export function unload(conversationSid: unknown): void {
  scheduled.get(conversationSid)?.();
}
