import type { AgentSum, Column, FacetValue, Row, Scope, TeamView } from '../core/generated/glue';

export type { AgentSum, FacetValue, Scope, TeamView };

/** A property that rows are filtered by. The last two have the value `'1'`, the others one of `TeamView.facets`. */
export type FilterName = 'agent' | 'queue' | 'channel' | 'reason' | 'overdue' | 'unanswered';

/** A column that rows can be sorted by. `waiting` is the first order: who waits longest. */
export type TeamColumn = Exclude<Column, 'listedUntil'>;

/** A row of the team's view: it stands in an agent's list. */
export type TeamRow = Row & { ownerSid: string; owner: string };

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
  /** Takes the search and all filters away. */
  clear(): void;
  /** Sorts by a column. Reverses the order if the rows are sorted by that column already. */
  sort(column: TeamColumn): void;
  scope(scope: Scope): void;
  /** Reads again what could not be read. */
  retry(): void;
  /** Returns the agents whom the supervisor sees, by name. It is the same array until something changes. */
  agents(): AgentSum[];
  /** Returns the rows of one agent's list, regardless of scope, search and filters; who waits longest comes first. */
  rowsOf(workerSid: string): TeamRow[];
  /** Returns the supervisor's choices by name. The page's address has them, but for the search. */
  choices(): Record<string, string>;
  /** Resumes the conversation for the supervisor, as in their own list. Never rejects: the row shows the outcome. */
  resume(row: Row): unknown;
  /** Lets the conversation come when the supervisor has room. */
  wait(row: Row): unknown;
  /** Takes back the wish to resume, or to wait. */
  cancel(row: Row): unknown;
}
