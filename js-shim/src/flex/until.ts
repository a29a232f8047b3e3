import type { Manager } from '@twilio/flex-ui';

/** Resolves to the first result of `find` that is not undefined, as Flex's state changes; to undefined after `ms`. */
export function until<Found>(manager: Manager, find: () => Found | undefined, ms: number): Promise<Found | undefined> {
  return new Promise((resolve) => {
    const end = (found?: Found) => {
      clearTimeout(timer);
      stop();
      resolve(found);
    };
    const look = () => {
      const found = find();
      if (found !== undefined) end(found);
    };
    const timer = setTimeout(end, ms);
    const stop = manager.store.subscribe(look);
    look();
  });
}
