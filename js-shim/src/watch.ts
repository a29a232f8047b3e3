// The watch over the conversations that wait for an agent. The core decides when this desktop asks the Function for a check.

import type { Context } from './context';
import type { WatchEvent, WatchStep } from './core/generated/glue';
import { operate } from './core/operate';
import { logoutSignal } from './flex/session';
import { followConnection, syncClient } from './sync/client';
import { feedFrom, type MapFeed, type MapListener } from './sync/mapFeed';

const NOTHING = null as unknown as object;

/** Starts the watch. A logout ends it. */
export function startWatch(context: Context): void {
  const { core, manager } = context;
  const client = syncClient(manager);
  const worker = manager.workerClient?.sid ?? '';
  const feeds = new Map<string, MapFeed>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const send = (event: WatchEvent): number | undefined => {
    const [steps, wait, askedAt] = core.watch(event);
    clearTimeout(timer);
    if (wait !== undefined) timer = setTimeout(send, wait, ['time']);
    steps.forEach(act);
    return askedAt;
  };

  const act = ([kind, map, conversationSid]: WatchStep): void => {
    switch (kind) {
      case 'read':
        void feedOf(map).read();
        break;
      case 'mark':
        void mark(map, conversationSid);
        break;
      case 'check':
        void operate(context, 'check', { ConversationSid: conversationSid }).finally(() =>
          send(['checked', conversationSid]),
        );
        break;
      case 'refused':
        console.warn('park-interaction: Sync forbids this agent to watch the conversations that wait.');
    }
  };

  const feedOf = (map: string): MapFeed => {
    const feed = feeds.get(map) ?? feedFrom(client, map, listenerOf(map, send));
    feeds.set(map, feed);
    return feed;
  };

  /** Writes a mark into an item. If the item has changed, the SDK reads it and calls the function again. */
  const mark = async (map: string, key: string) => {
    try {
      const opened = await feedOf(map).open();
      await opened.mutate(key, (data: object) => {
        const askedAt = send(['mark', key, data]);
        // For the SDK null means no change, but its type does not allow null.
        return askedAt === undefined ? NOTHING : { ...data, askedAt, ask: worker };
      });
      send(['marked', key]);
    } catch (error) {
      send(['marked', key, (error as { status?: number }).status ?? 0]);
    }
  };

  send(['start', worker]);
  logoutSignal().addEventListener('abort', () => send(['stop']));
  followConnection(client, (online, state) => send(['connection', state, null, online]));
}

/** Returns a listener that passes a map's content to the core. The core needs no numbers of reads. */
const listenerOf = (map: string, send: (event: WatchEvent) => unknown): MapListener => ({
  begin: () => 0,
  page(_, reader, items, isEnd) {
    send(['page', map, items, isEnd]);
    return isEnd ? [] : [reader];
  },
  fail(_, __, status) {
    send(['fail', map, status]);
    return [];
  },
  change: (changes) =>
    changes.forEach((change) => send(typeof change === 'string' ? ['take', change] : ['put', map, change])),
  clear: () => send(['clear', map]),
});
