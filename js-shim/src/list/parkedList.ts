import type { Column, ListView, Row } from '../core/generated/glue';

export type { Announcement, ChannelCount, Column, ListView, Relative, Row, Sort, Status } from '../core/generated/glue';

/** The agent's parked conversations, live. One for a page, and only where the list is switched on. */
export interface ParkedList {
  /** Calls `listener` after every change; for `useSyncExternalStore`. */
  subscribe(listener: () => void): () => void;
  /** Everything but the rows; the same object until something has changed, also if only a row has. */
  view(): ListView;
  /** The rows from the place `from` to before `to` of those that match, in their order. */
  rows(from: number, to: number): Row[];
  /** The place of a conversation's row among those that match; null if there is none (any more). */
  indexOf(conversationSid: string): number | null;
  search(text: string): void;
  /** Shows one channel only, or all. */
  filter(channel: string | null): void;
  /** Sorts by a column, or turns the order round if it is sorted by it already. */
  sort(column: Column): void;
  /** Asks for the conversation. Never rejects: the row tells what came of it. */
  resume(conversationSid: string): Promise<void>;
  /** Reads everything again. */
  retry(): void;
}
