import * as React from 'react';

import type { Column, Sort } from '../../list/parkedList';
import type { Key } from '../../strings';
import { ListRow } from './ListRow';
import type { Part } from './ListView';
import type { KeptFocus } from './useKeptFocus';
import { useWindow } from './useWindow';

const COLUMNS: { column: Column; title: Key }[] = [
  { column: 'customer', title: 'ParkInteractionListCustomer' },
  { column: 'channel', title: 'ParkInteractionListChannel' },
  { column: 'due', title: 'ParkInteractionListDue' },
  { column: 'parkedAt', title: 'ParkInteractionListParkedAt' },
  { column: 'listedUntil', title: 'ParkInteractionListListedUntil' },
];

/** The number of those before the column of reason and note, which sorts nothing. */
const BEFORE_WHY = 2;

interface Props extends Part {
  labelledBy: string;
  focus: KeptFocus;
}

/** The rows. Only rows in sight are drawn, and the row that has the keyboard's focus. */
export function ListTable({ labelledBy, focus, ...part }: Props) {
  const { list, view } = part;
  const scroller = React.useRef<HTMLDivElement>(null);
  const { layout, rowHeight, from, to, look } = useWindow(scroller, view.matching);
  const { place } = focus;
  const before = place && place.index < from ? [place.index] : [];
  const after = place && place.index >= to ? [place.index] : [];
  const { context, formats } = part;
  const day = new Date().toDateString();
  const header = (one: (typeof COLUMNS)[number]) => <Header key={one.column} {...part} {...one} />;
  const spans = [...before.map(single), [from, to], ...after.map(single)];
  return (
    <div
      ref={scroller}
      className={`table ${layout}`}
      role="table"
      aria-labelledby={labelledBy}
      aria-rowcount={view.matching + 1}
      onScroll={look}
    >
      <div role="rowgroup" className="head">
        <div role="row" aria-rowindex={1} className="row">
          {COLUMNS.slice(0, BEFORE_WHY).map(header)}
          <div role="columnheader" className="why">
            {part.formats.text('ParkInteractionListWhy')}
          </div>
          {COLUMNS.slice(BEFORE_WHY).map(header)}
          <div role="columnheader" className="action">
            <span className="unseen">{part.formats.text('ParkInteractionListAction')}</span>
          </div>
        </div>
      </div>
      <div role="rowgroup" style={{ height: view.matching * rowHeight }} {...focus.rows}>
        {spans.flatMap(([first, end]) =>
          list
            .rows(first, end)
            .map((row, offset) => (
              <ListRow
                key={row.conversationSid}
                {...{ context, list, formats, row, day }}
                index={first + offset}
                height={rowHeight}
              />
            )),
        )}
      </div>
    </div>
  );
}

const single = (index: number) => [index, index + 1];

function Header({ context, list, view, formats, column, title }: Part & { column: Column; title: Key }) {
  const { Icon } = context.flex;
  const direction = directionOf(view.sort, column);
  return (
    <div role="columnheader" aria-sort={direction} className={column}>
      <button type="button" onClick={() => list.sort(column)}>
        <span>{formats.text(title)}</span>
        {direction === 'none' ? (
          <i aria-hidden="true">⇅</i>
        ) : (
          <Icon icon={direction === 'ascending' ? 'ArrowUp' : 'ArrowDown'} />
        )}
      </button>
    </div>
  );
}

const directionOf = (sort: Sort, column: Column) => (sort.column === column ? sort.direction : 'none');
