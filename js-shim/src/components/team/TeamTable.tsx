import * as React from 'react';

import type { Context } from '../../context';
import type { Key } from '../../strings';
import type { Formats } from '../../strings/format';
import type { ParkedTeam, TeamColumn, TeamRow as Row, TeamView } from '../../team/parkedTeam';
import { TITLE } from '../list/Frame';
import { Header } from '../list/Header';
import { Table } from '../list/Table';
import type { KeptFocus } from '../list/useKeptFocus';
import type { Selection } from './bulk';
import { TeamRow } from './TeamRow';

/** The columns. Those of one cell stand below each other. */
const COLUMNS: { cell: string; columns: { column: TeamColumn; title: Key }[] }[] = [
  { cell: 'customer', columns: [{ column: 'customer', title: 'ParkInteractionListCustomer' }] },
  {
    cell: 'agent',
    columns: [
      { column: 'agent', title: 'ParkInteractionTeamAgent' },
      { column: 'queue', title: 'ParkInteractionTeamQueue' },
    ],
  },
  { cell: 'channel', columns: [{ column: 'channel', title: 'ParkInteractionListChannel' }] },
  { cell: 'why', columns: [{ column: 'reason', title: 'ParkInteractionListWhy' }] },
  {
    cell: 'wait',
    columns: [
      { column: 'waiting', title: 'ParkInteractionTeamSince' },
      { column: 'due', title: 'ParkInteractionTeamUntil' },
    ],
  },
  { cell: 'parkedAt', columns: [{ column: 'parkedAt', title: 'ParkInteractionListParkedAt' }] },
];

interface Props {
  context: Context;
  team: ParkedTeam;
  view: TeamView;
  formats: Formats;
  selection: Selection;
  focus: KeptFocus;
}

/** The rows of the team. */
export function TeamTable({ context, team, view, formats, selection, focus }: Props) {
  const day = new Date().toDateString();
  const head = (
    <>
      <div role="columnheader" className="pick">
        <SelectAll {...{ formats, selection }} count={view.matching} />
      </div>
      {COLUMNS.map(({ cell, columns }) => (
        <div key={cell} role="presentation" className={cell}>
          {columns.map(({ column, title }) => (
            <Header key={column} {...{ context, column }} list={team} sort={view.sort} title={formats.text(title)} />
          ))}
        </div>
      ))}
      <div role="columnheader" className="action">
        <span className="unseen">{formats.text('ParkInteractionListAction')}</span>
      </div>
    </>
  );
  return (
    // The keys are those of the rows, which have the focus.
    <div className="team" role="presentation" onKeyDown={(event) => selection.keyDown(event)}>
      <Table key={view.scope} list={team} count={view.matching} labelledBy={TITLE} focus={focus} head={head}>
        {(row, index, height) => (
          <TeamRow
            key={row.conversationSid}
            {...{ context, formats, selection, day, index, height }}
            list={team}
            row={row as Row}
            isSelected={selection.isSelected(row.conversationSid)}
          />
        )}
      </Table>
    </div>
  );
}

/** The checkbox that selects all rows, or none. */
function SelectAll({ formats, selection, count }: Pick<Props, 'formats' | 'selection'> & { count: number }) {
  const box = React.useRef<HTMLInputElement>(null);
  const isAll = selection.count >= count;
  React.useLayoutEffect(() => {
    if (box.current) box.current.indeterminate = selection.count > 0 && !isAll;
  });
  return (
    <input
      ref={box}
      type="checkbox"
      aria-label={formats.text('ParkInteractionTeamSelectAll')}
      checked={isAll}
      onChange={() => (isAll ? selection.clear() : selection.all())}
    />
  );
}
