import type { Context } from '../../context';
import type { ListView, ParkedList, Row } from '../../list/parkedList';
import type { Formats } from '../../strings/format';

/** What every view of rows knows of them: the agent's own, or those of a team. */
export type View = Pick<ListView, 'status' | 'failure' | 'reading' | 'total' | 'matching' | 'announcement'>;

/** The rows of a view. */
export type Source = Pick<ParkedList, 'subscribe' | 'indexOf' | 'search' | 'retry' | 'resume' | 'wait' | 'cancel'> & {
  view(): View;
  rows(from: number, to: number): Row[];
};

/** The properties of every part of a view. */
export interface Part {
  context: Context;
  list: Source;
  view: View;
  formats: Formats;
}

/** The properties of the parts of the agent's own list. */
export interface OwnPart extends Part {
  list: ParkedList;
  view: ListView;
}
