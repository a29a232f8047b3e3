import type { ItemView, List } from '../core/generated/glue';
import type { Context } from '../context';
import { openSyncClient, type SyncClient, type SyncItem, type SyncMap } from '../flex/sync';

/** Sync gives at most so many items at a time. */
const PAGE_SIZE = 100;

/** Tells the list all that Sync knows of it, and `changed` of each change. Gives what reads it all anew. */
export function followMap(list: List, { manager }: Pick<Context, 'manager'>, changed: () => void): () => void {
  let client: SyncClient | undefined;
  let opened: Promise<SyncMap> | undefined;

  const connect = () => {
    const made = openSyncClient(manager);
    const heard = () => {
      if (list.connection(navigator.onLine, made.connectionState)) void read(made);
      changed();
    };
    made.on('connectionStateChanged', heard);
    window.addEventListener('online', heard);
    window.addEventListener('offline', heard);
    heard();
    return made;
  };

  const read = async (from: SyncClient) => {
    const number = list.begin();
    changed();
    try {
      opened ??= open(from);
      let page = await (await opened).getItems({ pageSize: PAGE_SIZE });
      while (list.page(number, page.items.map(itemView), !page.hasNextPage)) {
        changed();
        page = await page.nextPage();
      }
    } catch (error) {
      list.fail(number, (error as { status?: number }).status);
    }
    changed();
  };

  /** A map that nobody has parked into yet is made, so that the first park is seen at once. */
  const open = async (from: SyncClient) => {
    try {
      return watch(from, await from.map({ id: list.mapName(), mode: 'open_or_create' }));
    } catch (error) {
      opened = undefined;
      throw error;
    }
  };

  const watch = (from: SyncClient, map: SyncMap) => {
    const put = ({ item }: { item: SyncItem }) => {
      list.put(itemView(item));
      changed();
    };
    map.on('itemAdded', put);
    map.on('itemUpdated', put);
    map.on('itemRemoved', ({ key }: { key: string }) => {
      list.take(key);
      changed();
    });
    map.on('removed', () => {
      opened = undefined;
      list.clear();
      void read(from);
    });
    // Sync does not tell of changes any more.
    map.on('failure', ({ status }: { status?: number }) => {
      opened = undefined;
      map.close();
      list.fail(list.begin(), status);
      changed();
    });
    return map;
  };

  /** It is read as soon as it is connected, and then when somebody asks for it. */
  const readAnew = () => {
    try {
      if (client) void read(client);
      else client = connect();
    } catch (error) {
      console.warn('park-interaction:', error);
      list.fail(list.begin(), undefined);
      changed();
    }
  };
  readAnew();
  return readAnew;
}

/** The SDK has no item for what was removed while a page was on its way. */
const itemView = (item: SyncItem | null): ItemView => ({
  key: item?.key,
  data: item?.data,
  dateUpdated: item?.dateUpdated?.getTime(),
  dateExpires: new Date(item?.dateExpires ?? NaN).getTime(),
});
