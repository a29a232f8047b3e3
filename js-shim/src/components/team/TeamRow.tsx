import * as React from 'react';

import type { TeamRow as Row } from '../../team/parkedTeam';
import {
  ActionCell,
  ChannelCell,
  CustomerCell,
  Known,
  nameOf,
  Time,
  WhyCell,
  Written,
  type RowPart,
} from '../list/ListRow';
import { RowResult, type Selection } from './bulk';

interface CellsProps extends RowPart {
  row: Row;
  /** The present day: the times of a row are told as seen from it. */
  day: string;
}

interface Props extends CellsProps {
  index: number;
  /** In pixels. */
  height: number;
  selection: Selection;
  isSelected: boolean;
}

/** A parked conversation of an agent. */
export function TeamRow({ index, height, selection, isSelected, ...part }: Props) {
  const { row, formats } = part;
  const { held, data, conversationSid, alerts } = row;
  const marks = [
    'row',
    data.unheardSince !== null && 'unheard',
    held && 'held',
    alerts.length > 0 && 'alerting',
    isSelected && 'selected',
  ];
  const click = (event: React.MouseEvent) => {
    if (!(event.target as HTMLElement).closest('button, input, dialog, label')) selection.select(event, index);
  };
  return (
    // The keyboard selects with the checkbox.
    <div
      role="row"
      aria-rowindex={index + 2}
      className={marks.filter(Boolean).join(' ')}
      style={{ height, top: index * height }}
      data-conversation={conversationSid}
      data-index={index}
      onClick={click}
      // Shift selects rows, not their texts.
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
    >
      <div role="cell" className="pick">
        <input
          type="checkbox"
          aria-label={formats.text('ParkInteractionTeamSelect', { customer: nameOf(row, formats) })}
          checked={isSelected}
          onChange={() => selection.toggle(index)}
        />
      </div>
      <Cells {...part} />
    </div>
  );
}

/** The cells of a row. They are drawn again only if a property is another object: an unchanged row is the same one. */
const Cells = React.memo(function Cells(props: CellsProps) {
  const { row, formats } = props;
  const { data } = row;
  return (
    <>
      <CustomerCell {...props} />
      <div role="presentation" className="agent">
        <div role="cell">
          <Written text={row.owner} />
        </div>
        <div role="cell" className="queue">
          <Known value={data.queueName} otherwise="ParkInteractionTeamNoQueue" formats={formats} />
        </div>
      </div>
      <ChannelCell {...props} />
      <WhyCell {...props} />
      <Wait {...props} />
      <div role="cell" className="parkedAt">
        <Time at={data.parkedAt} from={row.parkedAgo} otherwise="ParkInteractionListNoTime" formats={formats} />
      </div>
      <ActionCell {...props} />
    </>
  );
});

/** Since when the customer waits, until when the conversation is parked, and why it needs attention; or why a resume has failed. */
function Wait({ row, context, formats }: CellsProps) {
  const { Icon } = context.flex;
  const { text } = formats;
  const { unheardSince, keptUntil } = row.data;
  const failure = row.failed && text(row.failed, { field: row.failedField ?? '' });
  const until = untilOf(row, formats);
  const alerts = row.alerts.map(({ key, limit }) => text(key, { count: limit })).join(' · ');
  return (
    <div role="presentation" className="wait">
      <div role="cell" className="since">
        {unheardSince !== null && (
          <time dateTime={new Date(unheardSince).toISOString()} title={formats.momentInFull(unheardSince)}>
            <Icon icon={row.held ? 'Message' : 'Warning'} sizeMultiplier={0.8} />
            <span>
              {row.held && keptUntil !== null
                ? text('ParkInteractionListHeld', {
                    time: formats.when(unheardSince),
                    back: formats.when(keptUntil),
                  })
                : formats.wrote(unheardSince)}
            </span>
          </time>
        )}
      </div>
      <div role="cell" className={row.endsSoon ? 'until ends' : 'until'}>
        {failure ? (
          <span className={row.failed === 'ParkInteractionWaiting' ? undefined : 'failure'} title={failure}>
            {failure}
          </span>
        ) : (
          <>
            {!(row.held && unheardSince !== null) && <span title={until.title}>{until.words}</span>}
            {alerts && (
              <span className="alerts" title={alerts}>
                {unheardSince === null && <Icon icon="Warning" sizeMultiplier={0.8} />}
                {alerts}
              </span>
            )}
          </>
        )}
        <RowResult context={context} conversationSid={row.conversationSid} />
      </div>
    </div>
  );
}

function untilOf(row: Row, formats: CellsProps['formats']) {
  const time = row.returnsAt === null ? '' : formats.when(row.returnsAt);
  const left = row.dueIn === null ? '' : formats.left(row.dueIn);
  const words = formats.text(row.condition, { time, left });
  return { words, title: row.returnsAt === null ? words : formats.momentInFull(row.returnsAt) };
}
