// The notifications of a batch's actions, which are held back: the row shows what became of it, and one summary says the rest.

import type { NotificationId, ShimEffect } from '../core/generated/glue';

/** A notification that was held back. */
export interface Notice {
  id: NotificationId;
  /** The `{{field}}` of its text. */
  field?: string | number;
}

const held = new Map<string, (notice: Notice) => void>();

/** Runs an action on a conversation. Returns the notification that it would have shown, and its error, if there are any. */
export async function quietly(
  conversationSid: string,
  act: () => Promise<unknown>,
): Promise<{ notice?: Notice; error?: Error }> {
  let notice: Notice | undefined;
  held.set(conversationSid, (shown) => (notice = shown));
  try {
    await act();
    return { notice };
  } catch (error) {
    // Another plugin may reject with anything.
    return { notice, error: error instanceof Error ? error : new Error(String(error)) };
  } finally {
    held.delete(conversationSid);
  }
}

/** Returns the effects without the notifications, if those of the conversation are held back; otherwise all. */
export function withoutNotices(effects: ShimEffect[], conversationSid: string | undefined): ShimEffect[] {
  const hold = held.get(conversationSid ?? '');
  if (!hold) return effects;
  return effects.filter((effect) => {
    switch (effect.kind) {
      case 'notify':
        // One with patience asks whether the conversation comes after all, which the row shows.
        if (!effect.patience) hold(effect);
        return false;
      case 'notifyCount':
        hold({ id: effect.id, field: effect.count });
        return false;
      default:
        return true;
    }
  });
}
