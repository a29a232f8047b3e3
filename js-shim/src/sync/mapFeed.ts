// A feed of Sync maps for the core.

import type { ItemView } from '../core/generated/glue';
import type { SyncClient, SyncItem, SyncMap } from './client';

/** The most items that Sync sends at a time. */
const PAGE_SIZE = 100;

/** A receiver of a map's content. */
export interface MapListener {
  /** Begins a read of the whole map. Returns its number. */
  begin(): number;
  /** Takes a page. Returns true if the next one is needed. */
  page(read: number, items: ItemView[], last: boolean): boolean;
  /** Ends a read that has failed, with Sync's HTTP status if there was a response. */
  fail(read: number, status: number | undefined): void;
  put(item: ItemView): void;
  take(key: string): void;
  /** Removes all items: the map itself was deleted. */
  clear(): void;
}

/** A Sync map that feeds a listener. */
export interface MapFeed {
  /** Reads the whole map. */
  read: () => Promise<void>;
  /** Opens the map, if it is not open. Creates a missing map, so that its first item is seen at once. */
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
    // Sync reports no more changes.
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

/** Returns the view of an item for the core. A page has null for an item that was removed while the page was in flight. */
const itemView = (item: SyncItem | null): ItemView => ({
  key: item?.key,
  data: item?.data,
  dateUpdated: item?.dateUpdated?.getTime(),
  dateExpires: new Date(item?.dateExpires ?? NaN).getTime(),
});
