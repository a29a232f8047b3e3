import { UNPARK_INTERACTION } from '../actions/unparkInteraction';
import type { Context } from '../context';
import type { Column, List, ListView, OperationView, ShimOutcome, Row } from '../core/generated/glue';
import { logoutSignal, token } from '../flex/session';
import { kept } from '../kept';
import { text } from '../strings';
import { followConnection, syncClient } from '../sync/client';
import { feedFrom, type MapListener } from '../sync/mapFeed';
import { Frames } from './frames';
import { followGiven } from './given';
import { followOffers } from './offers';
import { followWaits, type Wait } from './waits';

export type { Announcement, ChannelCount, Column, ListView, Relative, Row, Sort, Status } from '../core/generated/glue';

/** The agent's parked conversations, live. A page has one, if the list is switched on. */
export interface ParkedList {
  /** Calls `listener` after every change; for `useSyncExternalStore`. */
  subscribe(listener: () => void): () => void;
  /** Returns everything but the rows. It is the same object until something changes, a row included. */
  view(): ListView;
  /** Returns the matching rows from the index `from` to before `to`, in their order. */
  rows(from: number, to: number): Row[];
  /** Returns the index of a conversation's row among the matching ones, or null if there is none. */
  indexOf(conversationSid: string): number | null;
  search(text: string): void;
  /** Shows one channel only, or all. */
  filter(channel: string | null): void;
  /** Sorts by a column. Reverses the order if the list is sorted by that column already. */
  sort(column: Column): void;
  /** Resumes the conversation. Never rejects: the row shows the outcome. */
  resume(row: Row): unknown;
  /** Lets the conversation come when the agent has room. */
  wait(row: Row): unknown;
  /** Takes back the wish to resume, or to wait. */
  cancel(row: Row): unknown;
  /** Ends the wait for room, because the agent has decided otherwise about the conversation. */
  endWait(conversationSid: string): void;
  /** Runs the action `UnparkInteraction` as without a list, and shows it in the row. */
  unpark(payload: OperationView): Promise<ShimOutcome>;
  /** Reads everything again. */
  retry(): void;
}

/** Makes the list, and keeps it up to date as long as the page lives. */
export function startList(context: Context): ParkedList {
  const { flex, manager, core, settings } = context;
  // The search, the filter and the order outlive a reload of the page, in its tab.
  const savedView = kept(manager, 'list', 'sessionStorage');
  const list = new core.List({
    workerSid: manager.workerClient?.sid,
    autoAccept: settings.autoAccept,
    channelNames: channelNames(manager),
    saved: savedView.read()[0],
  });
  const listeners = new Set<() => void>();
  let view: ListView | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const schedule = () => {
    clearTimeout(timer);
    const wait = list.nextTick();
    timer = wait === undefined ? undefined : setTimeout(tick, wait);
  };
  const changed = () => {
    view = undefined;
    waits.step();
    schedule();
    listeners.forEach((listener) => listener());
  };
  const tick = () => {
    list.tick();
    changed();
  };
  const change =
    <Args extends unknown[]>(act: (...args: Args) => void) =>
    (...args: Args) => {
      act(...args);
      const { search, filter, sort } = list.view();
      savedView.write([{ search, filter, sort }]);
      changed();
    };

  const resume = async ([ConversationSid, customerName, given]: Wait, ownerSid?: string) => {
    const payload = { ConversationSid, customerName, ownerSid, given };
    // The action shows the agent the reason.
    await flex.Actions.invokeAction(UNPARK_INTERACTION, payload).catch(() => undefined);
  };
  const waits = followWaits(list, context, () => changed(), resume);
  const lookAtOffers = followOffers(list, context, changed);
  const given = followGiven(context, (conversationSid, customer) => waits.waitForGift(conversationSid, customer));
  const read = followMap(list, context, changed, new Frames(changed), given);
  remindBeforeLeaving(list, context);

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    view: () => (view ??= list.view()),
    rows(from, to) {
      const rows = list.rows(from, to).map(known);
      schedule();
      return rows;
    },
    indexOf: (conversationSid) => list.indexOf(conversationSid) ?? null,
    search: change((words: string) => list.search(words)),
    filter: change((channel: string | null) => list.filter(channel)),
    sort: change((column: Column) => list.sort(column)),
    async resume({ conversationSid, channel, ownerSid, data }) {
      const wait: [string, string | undefined] = [conversationSid, data.customerName ?? undefined];
      if (waits.wish(conversationSid, channel)) await resume(wait, ownerSid ?? undefined);
      else changed();
    },
    wait: ({ conversationSid, data }) => waits.wait(conversationSid, data.customerName ?? undefined),
    cancel: ({ conversationSid }) => waits.cancel(conversationSid),
    endWait: (conversationSid) => waits.remove(conversationSid),
    async unpark(payload) {
      const answered = list.unpark(payload, settings.functionsOrigin, token(manager), logoutSignal());
      // Rust has just queued a microtask that marks the row.
      queueMicrotask(changed);
      try {
        return await answered;
      } finally {
        lookAtOffers();
        changed();
      }
    },
    retry: read,
  };
}

/** Returns the channels' names in the agent's language. */
export const channelNames = (manager: Context['manager']): Record<string, string> => ({
  web: text(manager, 'ParkInteractionChannelWeb'),
  whatsapp: text(manager, 'ParkInteractionChannelWhatsapp'),
  sms: text(manager, 'ParkInteractionChannelSms'),
  email: text(manager, 'ParkInteractionChannelEmail'),
  messenger: text(manager, 'ParkInteractionChannelMessenger'),
});

/** The rows that the view has, with their JSON. */
const drawn = new Map<string, [row: Row, json: string]>();

/** The number of rows above which none is kept: several screens full. */
const MOST_DRAWN = 200;

/** Returns the object that the view has for an unchanged row, so that the row is not drawn again. */
export function known(row: Row): Row {
  const json = JSON.stringify(row);
  const before = drawn.get(row.conversationSid);
  if (before?.[1] === json) return before[0];
  if (drawn.size > MOST_DRAWN) drawn.clear();
  drawn.set(row.conversationSid, [row, json]);
  return row;
}

interface Worker {
  activity: { available: boolean };
}

/** Reminds an agent who stops taking tasks of the parked conversations. */
function remindBeforeLeaving(list: List, { flex, manager }: Context): void {
  const { workerClient } = manager;
  let wasAvailable = workerClient?.activity.available;
  workerClient?.on('activityUpdated', ({ activity: { available } }: Worker) => {
    const count = list.view().total;
    if (wasAvailable && !available && count) flex.Notifications.showNotification('ParkInteractionLeaving', { count });
    wasAvailable = available;
  });
}

/** Feeds the list, and then `given`, from its Sync map, calling `changed` after each update. Returns a function that reads the map again. */
function followMap(
  list: List,
  context: Context,
  changed: () => void,
  frames: Frames,
  given: ReturnType<typeof followGiven>,
): () => void {
  let read: (() => Promise<void>) | undefined;

  const connect = () => {
    const client = syncClient(context.manager);
    const feed = feedFrom(client, list.mapName(), heardBy(given, list), frames.drawSoon, frames.act);
    followConnection(client, (online, state) => {
      if (list.connection(online, state)) void feed.read();
      changed();
    });
    return feed.read;
  };

  /** Reads the map now, or as soon as the client is connected. */
  const readAgain = () => {
    try {
      if (read) void read();
      else read = connect();
    } catch (error) {
      console.warn('park-interaction:', error);
      list.fail(list.begin(), '', undefined);
      changed();
    }
  };
  readAgain();
  return readAgain;
}

/** Returns the list as the listener of its map. Its rows are there before `hear` is called with their items. */
const heardBy = (hear: ReturnType<typeof followGiven>, list: List): MapListener => ({
  begin: () => list.begin(),
  page(read, reader, items, isEnd) {
    const readers = list.page(read, reader, items, isEnd);
    hear(items);
    return readers;
  },
  fail: (read, reader, status) => list.fail(read, reader, status),
  change(changes) {
    list.change(changes);
    hear(changes);
  },
  clear: () => list.clear(),
});
