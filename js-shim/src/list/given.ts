// Conversations that somebody has given to this agent: they wait for room by themselves.

import type * as Flex from '@twilio/flex-ui';
import type { Manager } from '@twilio/flex-ui';

import type { ItemView } from '../core/generated/glue';
import { kept } from '../kept';
import { text } from '../strings';

/** The most gifts of which it is known that the agent has heard of them: more than a list has at a time. */
const MOST_TOLD = 1_000;

type Gift = [conversationSid: string, givenAt: number];

/** The data of an item, as far as it is read here. Each may be missing. */
interface Given {
  givenAt?: number | null;
  givenBy?: string | null;
  customerName?: string | null;
}

const ONE = 'ParkInteractionGivenToYou';
const SEVERAL = 'ParkInteractionSeveralGivenToYou';

/**
 * Returns a function that takes items of the agent's list. Of each that was given to the agent, it tells them, and lets it wait for room:
 * once for each time it was given, in one tab.
 */
export function followGiven(
  { flex, manager }: { flex: typeof Flex; manager: Manager },
  wait: (conversationSid: string, customerName: string | undefined) => void,
): (items: (ItemView | string)[]) => void {
  const told = kept<Gift>(manager, 'given');
  const isTold = ([sid, at]: Gift) => told.read().some(([other, otherAt]) => sid === other && at === otherAt);

  const take = (gift: Gift, { givenBy, customerName }: Given) => {
    told.write([...told.read(), gift].slice(-MOST_TOLD));
    wait(gift[0], customerName ?? undefined);
    tell(givenBy || text(manager, 'ParkInteractionGiver'), customerName || text(manager, 'ParkInteractionTheCustomer'));
  };
  /** One notification for all that an agent has given, while it is shown. */
  const tell = (agent: string, customer: string) => {
    const { Notifications } = flex;
    const before = Notifications.activeNotifications.find(
      ({ id, context }) => (id === ONE || id === SEVERAL) && context?.agent === agent,
    );
    if (before) Notifications.dismissNotification(before);
    const count = ((before?.context?.count as number | undefined) ?? 0) + 1;
    Notifications.showNotification(count > 1 ? SEVERAL : ONE, { agent, customer, count });
  };
  return (items) => {
    for (const item of items) {
      if (typeof item === 'string') continue;
      const data = item.data as Given;
      const gift: Gift = [String(item.key), Number(data.givenAt)];
      if (!gift[1] || isTold(gift)) continue;
      // Another tab may be about to do it.
      void navigator.locks.request(told.key, () => {
        if (!isTold(gift)) take(gift, data);
      });
    }
  };
}
