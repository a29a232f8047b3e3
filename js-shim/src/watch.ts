// Has this desktop watch the conversations that wait for an agent. When to ask the Function about one is decided in Rust.

import type { Context } from './context';
import type { WatchEvent, WatchStep } from './core/generated/glue';
import { operate } from './core/operate';
import { logoutSignal } from './flex/session';
import { followConnection, syncClient } from './sync/client';
import { feedFrom, type MapFeed, type MapListener } from './sync/mapFeed';

const NOTHING = null as unknown as object;

/** Watches until the agent logs out. */
export function startWatch(context: Context): void {
  const { core, manager } = context;
  const client = syncClient(manager);
  const worker = manager.workerClient?.sid ?? '';
  const feeds = new Map<string, MapFeed>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const hear = (event: WatchEvent): number | undefined => {
    const [steps, wait, askedAt] = core.watch(event);
    clearTimeout(timer);
    if (wait !== undefined) timer = setTimeout(hear, wait, ['time']);
    steps.forEach(act);
    return askedAt;
  };

  const act = ([kind, map, conversationSid]: WatchStep): void => {
    switch (kind) {
      case 'read':
        void feedOf(map).read();
        break;
      case 'claim':
        void claim(map, conversationSid);
        break;
      case 'check':
        void operate(context, 'check', { ConversationSid: conversationSid }).finally(() =>
          hear(['checked', conversationSid]),
        );
        break;
      case 'refused':
        console.warn('park-interaction: Sync forbids this agent to watch the conversations that wait.');
    }
  };

  const feedOf = (map: string): MapFeed => {
    const feed = feeds.get(map) ?? feedFrom(client, map, listenerOf(map, hear));
    feeds.set(map, feed);
    return feed;
  };

  /** Writes a mark into an item. If somebody else changes it meanwhile, the SDK reads it and asks again. */
  const claim = async (map: string, key: string) => {
    try {
      const opened = await feedOf(map).open();
      await opened.mutate(key, (data: object) => {
        const askedAt = hear(['claim', key, data]);
        // The SDK leaves an item as it is for null, which its type leaves out.
        return askedAt === undefined ? NOTHING : { ...data, askedAt, ask: worker };
      });
      hear(['claimed', key]);
    } catch (error) {
      hear(['claimed', key, (error as { status?: number }).status ?? 0]);
    }
  };

  hear(['start', worker]);
  logoutSignal().addEventListener('abort', () => hear(['stop']));
  followConnection(client, (online, state) => hear(['connection', state, null, online]));
}

/** Hands on what a map tells. Reads of it may overlap: the core takes any page for one of the last read. */
const listenerOf = (map: string, hear: (event: WatchEvent) => unknown): MapListener => ({
  begin: () => 0,
  page(_, items, last) {
    hear(['page', map, items, last]);
    return !last;
  },
  fail: (_, status) => hear(['fail', map, status]),
  put: (item) => hear(['put', map, item]),
  take: (key) => hear(['take', key]),
  clear: () => hear(['clear', map]),
});
