// A feed of Sync maps for the core.

import type { ItemView } from '../core/generated/glue';
import { openMap, type SyncClient, type SyncItem, type SyncMap } from './client';

/** The most items that Sync sends at a time. */
const PAGE_SIZE = 100;

/** The names of the readers that begin with the first and with the last item. */
const FIRST = '';
const LAST = '-';

type Page = Awaited<ReturnType<SyncMap['getItems']>>;

/** A change of a map: an item that is new or has changed, or the key of a removed one. */
export type MapChange = ItemView | string;

/** A receiver of a map's content. */
export interface MapListener {
  /** Begins a read of the whole map by the reader `''`. Returns its number. */
  begin(): number;
  /**
   * Takes a page of a reader. Returns the readers whose pages are needed: this one, for the next page, and new ones. Their names say
   * where they start: at the first item (`''`), at the last one, in descending order (`'-'`), or at a key.
   */
  page(read: number, reader: string, items: ItemView[], isEnd: boolean): string[];
  /** Takes the failure of a reader, with Sync's HTTP status if there was a response. Returns the same as `page`. */
  fail(read: number, reader: string, status: number | undefined): string[];
  /** Takes changes in their order. */
  change(changes: MapChange[]): void;
  /** Removes all items: the map itself was deleted. */
  clear(): void;
}

/** A Sync map that feeds a listener. */
export interface MapFeed {
  /** Reads the whole map. */
  read: () => Promise<void>;
  /** Opens the map, if it is not open. */
  open: () => Promise<SyncMap>;
}

/**
 * Feeds `listener` from the map `id`, calling `changed` after each update, with true if the next page is on its way. `soon` calls a
 * function, and may wait: the changes until then are one update. A missing map is created, so that its first item
 * is seen at once, unless it is that of another agent, `owner`.
 */
export function feedFrom(
  client: SyncClient,
  id: string,
  listener: MapListener,
  changed: (isReading?: boolean) => void = () => {},
  soon = (act: () => void) => act(),
  owner = '',
): MapFeed {
  let opened: Promise<SyncMap> | undefined;
  let waiting: MapChange[] = [];

  /** Passes the changes on. They are older than anything that comes after them. */
  const deliver = () => {
    if (!waiting.length) return;
    const changes = waiting;
    waiting = [];
    listener.change(changes);
    changed(true);
  };
  const note = (change: MapChange) => {
    if (waiting.push(change) === 1) soon(deliver);
  };

  const open = () => {
    opened ??= openMap(client, { id, mode: owner ? 'open_existing' : 'open_or_create' }, owner)
      .then(follow)
      .catch((error) => {
        opened = undefined;
        throw error;
      });
    return opened;
  };

  const follow = (map: SyncMap) => {
    const put = ({ item }: { item: SyncItem }) => note(itemView(item));
    map.on('itemAdded', put);
    map.on('itemUpdated', put);
    map.on('itemRemoved', ({ key }: { key: string }) => note(key));
    map.on('removed', () => {
      opened = undefined;
      deliver();
      listener.clear();
      void read();
    });
    // Sync reports no more changes.
    map.on('failure', ({ status }: { status?: number }) => {
      opened = undefined;
      map.close();
      deliver();
      listener.fail(listener.begin(), FIRST, status);
      changed();
    });
    return map;
  };

  const read = async () => {
    deliver();
    const number = listener.begin();
    changed();
    const follow = async (reader: string, got: () => Promise<Page>): Promise<unknown> => {
      let next: string[];
      let page: Page | undefined;
      try {
        page = await got();
        deliver();
        next = listener.page(number, reader, page.items.map(itemView), !page.hasNextPage);
      } catch (error) {
        deliver();
        next = listener.fail(number, reader, (error as { status?: number }).status);
      }
      changed(next.length > 0);
      return Promise.all(
        next.map((name) => {
          const goesOn = name === reader && page?.hasNextPage && page;
          return follow(name, () => (goesOn ? goesOn.nextPage() : start(name)));
        }),
      );
    };
    await follow(FIRST, () => start(FIRST));
  };
  const start = async (reader: string) => {
    const from = reader === LAST ? { order: 'desc' } : reader && { from: reader };
    return (await open()).getItems({ pageSize: PAGE_SIZE, ...from });
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
