import * as React from 'react';

import type { Row } from '../../list/parkedList';
import type { Source } from './part';
import type { KeptFocus } from './useKeptFocus';
import { useWindow } from './useWindow';

interface Props {
  list: Pick<Source, 'rows'>;
  /** The number of rows. */
  count: number;
  labelledBy: string;
  focus: KeptFocus;
  /** The headers of the columns. */
  head: React.ReactNode;
  children: (row: Row, index: number, height: number) => React.ReactNode;
}

/** A table of rows. Only rows in sight are drawn, and the row that has the keyboard's focus. */
export function Table({ list, count, labelledBy, focus, head, children }: Props) {
  const scroller = React.useRef<HTMLDivElement>(null);
  const { layout, rowHeight, from, to, look } = useWindow(scroller, count);
  const { place } = focus;
  const before = place && place.index < from ? [place.index] : [];
  const after = place && place.index >= to ? [place.index] : [];
  const spans = [...before.map(single), [from, to], ...after.map(single)];
  return (
    <div
      ref={scroller}
      className={`table ${layout}`}
      role="table"
      aria-labelledby={labelledBy}
      aria-rowcount={count + 1}
      onScroll={look}
    >
      <div role="rowgroup" className="head">
        <div role="row" aria-rowindex={1} className="row">
          {head}
        </div>
      </div>
      <div role="rowgroup" style={{ height: count * rowHeight }} {...focus.rows}>
        {spans.flatMap(([first, end]) =>
          list.rows(first, end).map((row, offset) => children(row, first + offset, rowHeight)),
        )}
      </div>
    </div>
  );
}

const single = (index: number) => [index, index + 1];
