// Feeds a core object from a Sync map.

import type { ItemView } from '../core/generated/glue';
import type { SyncClient, SyncItem, SyncMap } from './client';

/** Sync gives at most so many items at a time. */
const PAGE_SIZE = 100;

/** What hears of a map. */
export interface MapListener {
  /** A read of the whole map begins. Returns its number. */
  begin(): number;
  /** Returns true if the next page is wanted. */
  page(read: number, items: ItemView[], last: boolean): boolean;
  /** A read has failed, with Sync's HTTP status if there was an answer. */
  fail(read: number, status: number | undefined): void;
  put(item: ItemView): void;
  take(key: string): void;
  /** The map itself has gone. */
  clear(): void;
}

/** A Sync map that is fed to a listener. */
export interface MapFeed {
  /** Reads the whole map. */
  read: () => Promise<void>;
  /** Opens the map, if it is not open. Makes it if it is not there, so that the first item is seen at once. */
  open: () => Promise<SyncMap>;
}

/** Feeds `listener` from the map `id`, calling `changed` after each update. */
export function feedFrom(client: SyncClient, id: string, listener: MapListener, changed = () => {}): MapFeed {
  let opened: Promise<SyncMap> | undefined;

  const open = () => {
    opened ??= client
      .map({ id, mode: 'open_or_create' })
      .then(follow)
      .catch((error) => {
        opened = undefined;
        throw error;
      });
    return opened;
  };

  const follow = (map: SyncMap) => {
    const put = ({ item }: { item: SyncItem }) => {
      listener.put(itemView(item));
      changed();
    };
    map.on('itemAdded', put);
    map.on('itemUpdated', put);
    map.on('itemRemoved', ({ key }: { key: string }) => {
      listener.take(key);
      changed();
    });
    map.on('removed', () => {
      opened = undefined;
      listener.clear();
      void read();
    });
    // Sync does not tell of changes any more.
    map.on('failure', ({ status }: { status?: number }) => {
      opened = undefined;
      map.close();
      listener.fail(listener.begin(), status);
      changed();
    });
    return map;
  };

  const read = async () => {
    const number = listener.begin();
    changed();
    try {
      let page = await (await open()).getItems({ pageSize: PAGE_SIZE });
      while (listener.page(number, page.items.map(itemView), !page.hasNextPage)) {
        changed();
        page = await page.nextPage();
      }
    } catch (error) {
      listener.fail(number, (error as { status?: number }).status);
    }
    changed();
  };
  return { read, open };
}

/** The SDK has no item for what was removed while a page was on its way. */
const itemView = (item: SyncItem | null): ItemView => ({
  key: item?.key,
  data: item?.data,
  dateUpdated: item?.dateUpdated?.getTime(),
  dateExpires: new Date(item?.dateExpires ?? NaN).getTime(),
});
