import type { Announcement, Direction, Relative, Row, Status, StringKey } from '../core/generated/glue';

/** Whose parked conversations are shown: the supervisor's own, those of their team, or all. */
export type Scope = 'mine' | 'team' | 'all';

/** A property that rows are filtered by. The last two have the value `'1'`, the first four one of `TeamView.facets`. */
export type FilterName = 'agent' | 'queue' | 'channel' | 'reason' | 'overdue' | 'unanswered';

/** A column that rows can be sorted by. `waiting` is the first order: who waits longest. */
export type TeamColumn = 'waiting' | 'customer' | 'agent' | 'queue' | 'channel' | 'reason' | 'due' | 'parkedAt';

/** A value that rows can be filtered by. */
export interface FacetValue {
  /** The value for `filter`: an agent's worker SID, or a text. Empty: rows without one. */
  value: string;
  /** An agent's name. Null: the value itself is the name, or, for a channel, `label` has it. */
  name: string | null;
  /** The key of a channel's name in Flex's strings; null: it has none there. */
  label: StringKey | null;
  /** The number of rows in the scope that match the other filters, regardless of the search. */
  count: number;
}

/** A row of the team's view. */
export interface TeamRow extends Row {
  /** The agent in whose list it stands. */
  ownerSid: string;
  /** That agent's name. */
  owner: string;
  /** The keys of the texts that say why it needs attention. Their `{{count}}` is the limit that the owner has set. */
  alerts: [key: StringKey, limit: number][];
}

/** Everything about the team's view but its rows. */
export interface TeamView {
  status: Status;
  /** The key of the text that says why nothing can be read. Only when it has failed. */
  failure: StringKey | null;
  /** True if lists are still being read for the first time. */
  reading: boolean;
  scope: Scope;
  /** The scopes that the supervisor has. */
  scopes: Scope[];
  /** True if the supervisor belongs to no team. */
  noTeam: boolean;
  /** The lists of the scope: all of them, and those that could not be read. */
  lists: { all: number; failed: number };
  /** The number of rows in the scope. */
  total: number;
  /** The number of rows that match the search and the filters: `rows` returns these. */
  matching: number;
  /** The number of rows in the scope with an unheard message. */
  unheard: number;
  /** The number of rows in the scope that need attention. */
  alerts: number;
  totals: { parked: number; dueToday: number; overdue: number; unheard: number };
  /** The values of each filter, by name. The chosen one is among them, though it may have no row. */
  facets: Record<'agent' | 'queue' | 'channel' | 'reason', FacetValue[]>;
  /** The numbers of rows that the other two filters would show. */
  counts: { overdue: number; unanswered: number };
  /** The chosen values. */
  filters: Record<FilterName, string | null>;
  search: string;
  sort: { column: TeamColumn; direction: Direction };
  announcement: Announcement | null;
}

/** An agent and the sum of their list. */
export interface AgentSum {
  workerSid: string;
  name: string;
  /** True if the agent is in the supervisor's team. */
  isMine: boolean;
  isAvailable: boolean;
  activity: string;
  /** True once the agent's list has been read. Before that the numbers are 0. */
  isRead: boolean;
  count: number;
  /** The time of the oldest park, in milliseconds since 1970. */
  oldestAt: number | null;
  /** The same as seen from now. */
  oldestAgo: Relative | null;
  /** The number of rows that come back by themselves before the day ends. */
  dueToday: number;
  overdue: number;
  unheard: number;
}

/** The parked conversations of a supervisor's agents, live. A supervisor's or admin's page has one, if the list is switched on. */
export interface ParkedTeam {
  /** Calls `listener` after every change. */
  subscribe(listener: () => void): () => void;
  /** Returns everything but the rows. It is the same object until something changes, a row included. */
  view(): TeamView;
  /** Returns the matching rows from the index `from` to before `to`, in their order. */
  rows(from: number, to: number): TeamRow[];
  /** Returns the conversations of all matching rows, in their order. */
  keys(): string[];
  /** Returns the index of a conversation's row among the matching ones, or null if there is none. */
  indexOf(conversationSid: string): number | null;
  search(text: string): void;
  /** Shows rows with one value only, or with any. */
  filter(name: FilterName, value: string | null): void;
  /** Sorts by a column. Reverses the order if the rows are sorted by that column already. */
  sort(column: TeamColumn): void;
  scope(scope: Scope): void;
  /** Reads everything again that could not be read. */
  retry(): void;
  /** Returns the agents whom the supervisor sees, by name. */
  agents(): AgentSum[];
  /** Returns the rows of one agent's list, regardless of scope, search and filters; who waits longest comes first. */
  rowsOf(workerSid: string): TeamRow[];
  /** Resumes the conversation for the supervisor, as in their own list. Never rejects: the row shows the outcome. */
  resume(row: Row): unknown;
  /** Lets the conversation come when the supervisor has room. */
  wait(row: Row): unknown;
  /** Takes back the wish to resume, or to wait. */
  cancel(row: Row): unknown;
}
