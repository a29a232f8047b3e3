// Conversations that somebody has given to this agent: they wait for room by themselves.

import type * as Flex from '@twilio/flex-ui';
import type { Manager } from '@twilio/flex-ui';

import type { Gift, ItemView } from '../core/generated/glue';
import type { Core } from '../core/load';
import { kept } from '../kept';
import { text } from '../strings';

/** The most gifts of which it is known that the agent has heard of them: more than a list has at a time. */
const MOST_TOLD = 1_000;

type Told = [conversationSid: string, givenAt: number];

const ONE = 'ParkInteractionGivenToYou';
const SEVERAL = 'ParkInteractionSeveralGivenToYou';

/**
 * Returns a function that takes items of the agent's list. Of each that was given to the agent, it tells them, and lets it wait for room:
 * once for each time it was given, in one tab.
 */
export function followGiven(
  { flex, manager, core }: { flex: typeof Flex; manager: Manager; core: Pick<Core, 'gift'> },
  wait: (conversationSid: string, customerName: string | undefined) => void,
): (items: (ItemView | string)[]) => void {
  const told = kept<Told>(manager, 'given');
  // Without storage, that would be forgotten at once.
  const toldHere = new Set<string>();
  const isTold = ([sid, at]: Gift) =>
    toldHere.has(`${sid} ${at}`) || told.read().some(([other, otherAt]) => sid === other && at === otherAt);

  const take = (gift: Gift) => {
    const [sid, at, givenBy, customerName] = gift;
    toldHere.add(`${sid} ${at}`);
    told.write([...told.read(), [sid, at] satisfies Told].slice(-MOST_TOLD));
    wait(sid, customerName);
    tell(givenBy ?? text(manager, 'ParkInteractionGiver'), customerName ?? text(manager, 'ParkInteractionTheCustomer'));
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
      const gift = typeof item !== 'string' && core.gift(item);
      if (!gift || isTold(gift)) continue;
      // Another tab may be about to do it.
      void navigator.locks.request(told.key, () => {
        if (!isTold(gift)) take(gift);
      });
    }
  };
}
