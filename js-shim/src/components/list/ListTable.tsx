import * as React from 'react';

import type { Column } from '../../list/parkedList';
import type { Key } from '../../strings';
import { Header } from './Header';
import { ListRow } from './ListRow';
import type { OwnPart } from './part';
import { Table } from './Table';
import type { KeptFocus } from './useKeptFocus';

const COLUMNS: { column: Column; title: Key }[] = [
  { column: 'customer', title: 'ParkInteractionListCustomer' },
  { column: 'channel', title: 'ParkInteractionListChannel' },
  { column: 'due', title: 'ParkInteractionListDue' },
  { column: 'parkedAt', title: 'ParkInteractionListParkedAt' },
  { column: 'listedUntil', title: 'ParkInteractionListListedUntil' },
];

/** The number of those before the column of reason, note and last line, which sorts nothing. */
const BEFORE_WHY = 2;

interface Props extends OwnPart {
  labelledBy: string;
  focus: KeptFocus;
}

/** The rows of the agent's own list. */
export function ListTable({ labelledBy, focus, context, list, view, formats }: Props) {
  const day = new Date().toDateString();
  const header = ({ column, title }: (typeof COLUMNS)[number]) => (
    <Header key={column} {...{ context, list, column }} sort={view.sort} title={formats.text(title)} />
  );
  const head = (
    <>
      {COLUMNS.slice(0, BEFORE_WHY).map(header)}
      <div role="columnheader" className="why">
        {formats.text('ParkInteractionListWhy')}
      </div>
      {COLUMNS.slice(BEFORE_WHY).map(header)}
      <div role="columnheader" className="action">
        <span className="unseen">{formats.text('ParkInteractionListAction')}</span>
      </div>
    </>
  );
  return (
    <Table {...{ list, labelledBy, focus, head }} count={view.matching}>
      {(row, index, height) => (
        <ListRow key={row.conversationSid} {...{ context, list, formats, row, day, index, height }} />
      )}
    </Table>
  );
}
