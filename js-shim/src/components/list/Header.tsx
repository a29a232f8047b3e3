import * as React from 'react';

import type { Context } from '../../context';
import type { Column, Sort } from '../../list/parkedList';

interface Props<Name extends Column> {
  context: Context;
  list: { sort(column: Name): void };
  sort: Sort;
  column: Name;
  title: string;
}

/** The header of a column by which rows can be sorted. */
export function Header<Name extends Column>({ context, list, sort, column, title }: Props<Name>) {
  const { Icon } = context.flex;
  const direction = sort.column === column ? sort.direction : 'none';
  return (
    <div role="columnheader" aria-sort={direction} className={column}>
      <button type="button" onClick={() => list.sort(column)}>
        <span>{title}</span>
        {direction === 'none' ? (
          <i aria-hidden="true">⇅</i>
        ) : (
          <Icon icon={direction === 'ascending' ? 'ArrowUp' : 'ArrowDown'} />
        )}
      </button>
    </div>
  );
}
