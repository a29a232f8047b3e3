import type { Context } from '../context';
import type { ShimEffect, Team, TeamView } from '../core/generated/glue';
import { apply } from '../effects';
import { logoutSignal, token } from '../flex/session';
import { kept } from '../kept';
import { Frames } from '../list/frames';
import { channelNames, known, type ParkedList } from '../list/parkedList';
import { followConnection, syncClient } from '../sync/client';
import { feedFrom, type MapFeed, type MapListener } from '../sync/mapFeed';
import { openedChoices } from './address';
import type { AgentSum, FilterName, ParkedTeam, Scope, TeamColumn, TeamRow } from './parkedTeam';

/** The filters. */
const FILTERS: FilterName[] = ['agent', 'queue', 'channel', 'reason', 'overdue', 'unanswered'];

/** Makes the team, and keeps it up to date as long as the page lives. A shared address of the view opens it as it was. */
export function followTeam(context: Context, list: ParkedList, viewName: string): ParkedTeam {
  const { manager, core, settings } = context;
  // The choices outlive a reload of the page, in its tab.
  const savedView = kept<Record<string, string>>(manager, 'team', 'sessionStorage');
  const team = new core.Team({
    workerSid: manager.workerClient?.sid,
    channelNames: channelNames(manager),
    saved: openedChoices(viewName, savedView.read()[0]),
  });
  const listeners = new Set<() => void>();
  let view: TeamView | undefined;
  let agents: AgentSum[] | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const schedule = () => {
    clearTimeout(timer);
    const wait = team.nextTick();
    timer = wait === undefined ? undefined : setTimeout(tick, wait);
  };
  const changed = () => {
    view = undefined;
    agents = undefined;
    read();
    schedule();
    listeners.forEach((listener) => listener());
  };
  const tick = () => {
    const effects: ShimEffect[] = team.tick();
    apply(effects, context);
    void team.listAgents(settings.functionsOrigin, token(manager), logoutSignal())?.finally(changed);
    changed();
  };
  const change =
    <Args extends unknown[]>(act: (...args: Args) => void) =>
    (...args: Args) => {
      act(...args);
      savedView.write([team.saved()]);
      changed();
    };
  const viewNow = () => (view ??= team.view(todayEnds()));
  const read = followMaps(team, context, changed);
  list.subscribe(changed);
  tick();

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    view: viewNow,
    rows(from, to) {
      const rows = team.rows(from, to).map(known) as TeamRow[];
      schedule();
      return rows;
    },
    keys: () => team.keys(),
    indexOf: (conversationSid) => team.indexOf(conversationSid) ?? null,
    search: change((words: string) => team.search(words)),
    filter: change((name: FilterName, value: string | null) => team.filter(name, value ?? undefined)),
    clear: change(() => {
      team.search('');
      FILTERS.forEach((name) => team.filter(name));
    }),
    sort: change((column: TeamColumn) => team.sort(column)),
    scope: change((scope: Scope) => team.scope(scope)),
    retry() {
      team.retry();
      tick();
    },
    agents() {
      if (!agents) {
        agents = team.agents(todayEnds());
        schedule();
      }
      return agents;
    },
    rowsOf: (workerSid) => team.rowsOf(workerSid) as TeamRow[],
    choices: () => ({ ...team.saved(), scope: viewNow().scope }),
    resume: (row) => list.resume(row),
    wait: (row) => list.wait(row),
    cancel: (row) => list.cancel(row),
  };
}

/** Returns the end of the day, in milliseconds since 1970. */
const todayEnds = () => new Date().setHours(24, 0, 0, 0);

/** Feeds the team from its agents' maps, calling `changed` after each update. Returns a function that reads those that are wanted. */
function followMaps(team: Team, context: Context, changed: () => void): () => void {
  const client = syncClient(context.manager);
  const frames = new Frames(changed);
  const feeds = new Map<number, MapFeed>();

  const read = () => {
    for (const [owner, map, workerSid] of team.next()) {
      const listener = listenerOf(team, owner, read);
      const feed = feeds.get(owner) ?? feedFrom(client, map, listener, ...soon(frames), workerSid);
      feeds.set(owner, feed);
      void feed.read();
    }
  };
  followConnection(client, (online, state) => {
    team.connection(online, state);
    frames.drawSoon();
  });
  return read;
}

const soon = (frames: Frames) => [frames.drawSoon, frames.act] as const;

/** Returns the listener of an owner's map. Once it has been read, `next` reads others. */
const listenerOf = (team: Team, owner: number, next: () => void): MapListener => ({
  begin: () => team.begin(owner),
  page(read, reader, items, isEnd) {
    const goesOn = team.page(owner, read, items, isEnd);
    if (!goesOn) next();
    return goesOn ? [reader] : [];
  },
  fail(read, _reader, status) {
    team.fail(owner, read, status);
    next();
    return [];
  },
  change: (changes) => team.change(owner, changes),
  clear: () => team.clear(owner),
});
