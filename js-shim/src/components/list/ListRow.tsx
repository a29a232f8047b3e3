import * as React from 'react';

import { KEEP_INTERACTION } from '../../actions/keepInteraction';
import type { Relative, Row } from '../../list/parkedList';
import type { Key } from '../../strings';
import type { Formats } from '../../strings/format';
import { channelIcon } from './channelIcon';
import type { Part as WholePart } from './part';
import { RowMenu } from './RowMenu';
import { channelName } from './Tools';

/** The properties of every part of a row. They stay the same when other rows change. */
export type RowPart = Omit<WholePart, 'view'>;

interface RowProps extends RowPart {
  row: Row;
  /** The present day: the times of a row are told as seen from it. */
  day: string;
}

interface Props extends RowProps {
  index: number;
  /** In pixels. */
  height: number;
}

/** A parked conversation. */
export function ListRow({ index, height, ...part }: Props) {
  const { held, data, conversationSid } = part.row;
  const mark = held ? 'unheard held' : 'unheard';
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={data.unheardSince === null ? 'row' : `row ${mark}`}
      style={{ height, top: index * height }}
      data-conversation={conversationSid}
      data-index={index}
    >
      <Cells {...part} />
    </div>
  );
}

/** The cells of a row. They are drawn again only if a property is another object: an unchanged row is the same one. */
const Cells = React.memo(function Cells(props: RowProps) {
  const { row } = props;
  return (
    <>
      <CustomerCell {...props} />
      <ChannelCell {...props} />
      <WhyCell {...props} />
      {row.data.unheardSince !== null || row.failed ? <News {...props} /> : <Times {...props} />}
      <ActionCell {...props} />
    </>
  );
});

/** The properties of a cell that the agent's list and the team's view share. */
type CellPart = RowPart & { row: Row };

export const CustomerCell = ({ row: { data }, formats }: CellPart) => (
  <div role="rowheader" className="customer">
    <Known value={data.customerName} otherwise="ParkInteractionListNoName" formats={formats} />
    <Known value={data.customerAddress} otherwise="ParkInteractionListNoAddress" formats={formats} />
  </div>
);

export const ChannelCell = ({ row, context, formats }: CellPart) => {
  const { Icon } = context.flex;
  return (
    <div role="cell" className="channel">
      <div>
        <Icon icon={channelIcon(row.channel)} />
        <span>{channelName({ channel: row.channel, label: row.channelLabel }, formats)}</span>
      </div>
      <Window row={row} formats={formats} />
    </div>
  );
};

/** Reason, note and last line. */
export const WhyCell = ({ row, formats }: CellPart) => {
  const { reason, note } = row.data;
  return (
    <div role="cell" className="why">
      {(reason ?? note) !== null && (
        <span>
          {reason !== null && <Written text={reason} />}
          {note !== null && <Written text={note} />}
        </span>
      )}
      <Line row={row} formats={formats} />
    </div>
  );
};

export const ActionCell = (props: CellPart) => (
  <div role="cell" className="action">
    <ResumeButton {...props} />
    <RowMenu customer={nameOf(props.row, props.formats)} {...props} />
  </div>
);

interface KnownProps {
  value: string | null;
  otherwise: Key;
  formats: Formats;
}

/** A text about the customer, or a substitute for a missing one. */
export function Known({ value, otherwise, formats }: KnownProps) {
  return value === null ? <span className="unknown">{formats.text(otherwise)}</span> : <Written text={value} />;
}

/** A text of a customer or agent, in any script and direction. */
export function Written({ text }: { text: string }) {
  return (
    <span title={text} dir="auto" translate="no">
      {text}
    </span>
  );
}

/** The end of the time in which the channel takes more than templates. */
function Window({ row, formats }: OfRow) {
  const { window, windowIn, windowEndsSoon } = row;
  if (window === null || windowIn === null) return null;
  const text = formats.text(window, { left: formats.left(windowIn) });
  return (
    <span className={windowEndsSoon ? 'window soon' : 'window'} title={text}>
      {text}
    </span>
  );
}

/** The first line of the last message, with the number of messages that no agent has seen. */
function Line({ row, formats }: OfRow) {
  const { text } = formats;
  const { lastLine, unread, unheardSince } = row.data;
  const line = lastLine ?? (row.isAttachment ? text('ParkInteractionListAttachment') : null);
  if (line === null) return null;
  const count = text('ParkInteractionListUnheard', { count: unread ?? 0 });
  return (
    <span className="line">
      {unheardSince !== null && unread !== null && (
        <span className="unread" role="img" aria-label={count} title={count}>
          {unread}
        </span>
      )}
      <Written text={row.isOwnLine ? text('ParkInteractionListOwnLine', { line }) : line} />
    </span>
  );
}

interface TimeProps {
  at: number | null;
  from: Relative | null;
  otherwise: Key;
  formats: Formats;
}

/** A time relative to now, or the time of day in its first minute, with the absolute time on the line below. */
export function Time({ at, from, otherwise, formats, children }: React.PropsWithChildren<TimeProps>) {
  if (at === null || from === null) return <span className="unknown">{formats.text(otherwise)}</span>;
  return (
    <>
      <span>{from.value === 0 ? formats.clock(at) : formats.relative(from)}</span>
      <span>
        <time dateTime={new Date(at).toISOString()} title={formats.momentInFull(at)}>
          {formats.moment(at)}
        </time>
        {children}
      </span>
    </>
  );
}

type OfRow = Pick<RowPart, 'formats'> & { row: Row };

/** The condition on which the conversation comes back, and the times of the park and of the row's end. */
function Times({ row, ...part }: RowPart & { row: Row }) {
  const { context, formats } = part;
  const { Icon } = context.flex;
  const { parkedAt, expiresAt } = row.data;
  const { returnsAt, endsSoon } = row;
  const time = returnsAt === null ? '' : formats.when(returnsAt);
  const left = row.dueIn === null ? '' : formats.left(row.dueIn);
  const condition = formats.text(row.condition, { time, left });
  const mark = endsSoon ? 'due over ends' : 'due over';
  const isMarked = endsSoon || row.condition === 'ParkInteractionListDueSince';
  return (
    <>
      <div role="cell" className={isMarked ? mark : 'due'}>
        {endsSoon && <Icon icon="Warning" sizeMultiplier={0.8} />}
        <span title={returnsAt === null ? condition : formats.momentInFull(returnsAt)}>{condition}</span>
        {endsSoon && <KeepButton row={row} {...part} />}
      </div>
      <div role="cell" className="parkedAt">
        <Time at={parkedAt} from={row.parkedAgo} otherwise="ParkInteractionListNoTime" formats={formats}>
          <ByColleague row={row} formats={formats} />
        </Time>
      </div>
      <div role="cell" className="listedUntil">
        <Time at={expiresAt} from={row.expiresIn} otherwise="ParkInteractionListStays" formats={formats} />
      </div>
    </>
  );
}

/** The customer's wait for an answer and the failure of a resume, in place of the times. */
function News({ row, ...part }: RowPart & { row: Row }) {
  const { formats } = part;
  const { unheardSince, keptUntil } = row.data;
  const failure = row.failed && formats.text(row.failed, { field: row.failedField ?? '' });
  return (
    <div role="cell" aria-colspan={3} className={failure ? 'news failed' : 'news'}>
      {unheardSince !== null && <Wrote at={unheardSince} back={row.held ? keptUntil : null} {...part} />}
      {failure ? (
        <>
          <span className={row.failed === 'ParkInteractionWaiting' ? undefined : 'failure'} title={failure}>
            {failure}
          </span>
          {row.data.givenAt !== null && <ByColleague row={row} formats={formats} />}
        </>
      ) : (
        <ParkedAgo row={row} formats={formats} />
      )}
    </div>
  );
}

interface WroteProps extends RowPart {
  at: number;
  /** The kept time at which the conversation comes back. Null: it does at once. */
  back: number | null;
}

/** The time since which the customer waits. Sign and bold text mark it without the colour. */
export function Wrote({ at, back, context, formats }: WroteProps) {
  const { Icon } = context.flex;
  const { text, when } = formats;
  return (
    <time className="wrote" dateTime={new Date(at).toISOString()} title={formats.momentInFull(at)}>
      <Icon icon={back === null ? 'Warning' : 'Message'} sizeMultiplier={0.8} />
      <span>
        {back === null ? formats.wrote(at) : text('ParkInteractionListHeld', { time: when(at), back: when(back) })}
      </span>
    </time>
  );
}

/** The time of the park, on one line. */
function ParkedAgo({ row, formats }: OfRow) {
  const { parkedAgo } = row;
  const { parkedAt } = row.data;
  if (parkedAt === null || parkedAgo === null) return null;
  return (
    <span className="parkedAgo" title={formats.momentInFull(parkedAt)}>
      {formats.text('ParkInteractionListParkedAt')}{' '}
      {parkedAgo.value === 0 ? formats.clock(parkedAt) : formats.relative(parkedAgo)}
      <ByColleague row={row} formats={formats} />
    </span>
  );
}

/** A note that another agent parked the conversation, or gave it to this one. */
function ByColleague({ row, formats }: OfRow) {
  const { workerSid, agentName, givenAt, givenBy } = row.data;
  if (givenAt !== null) {
    const agent = givenBy ?? formats.text('ParkInteractionGiver');
    return <span title={formats.momentInFull(givenAt)}> {formats.text('ParkInteractionListGivenBy', { agent })}</span>;
  }
  if (!row.byColleague || !workerSid) return null;
  const key = agentName === null ? 'ParkInteractionListByColleague' : 'ParkInteractionListByAgent';
  return <span title={workerSid}> {formats.text(key, { agent: agentName ?? '' })}</span>;
}

/** The button that restarts the longest wait. */
function KeepButton({ context, row, formats }: RowPart & { row: Row }) {
  const [isBusy, setBusy] = React.useState(false);
  const { text } = formats;
  const keep = async () => {
    setBusy(true);
    // The action shows the agent the reason of a failure. Sync brings the row's new end.
    const payload = { ConversationSid: row.conversationSid };
    await context.flex.Actions.invokeAction(KEEP_INTERACTION, payload).catch(() => undefined);
    setBusy(false);
  };
  return (
    <button
      type="button"
      className="keep"
      aria-label={text('ParkInteractionListKeepWith', { customer: nameOf(row, formats) })}
      aria-busy={isBusy}
      aria-disabled={isBusy}
      onClick={isBusy ? undefined : () => void keep()}
    >
      {text('ParkInteractionListKeep')}
    </button>
  );
}

export const nameOf = ({ data }: Row, { text }: Formats): string =>
  data.customerName ?? data.customerAddress ?? text('ParkInteractionListNoName');

/** The button that resumes. It is the same element with each label, so that it keeps the keyboard's focus. */
export function ResumeButton({ context, list, row, formats }: RowPart & { row: Row }) {
  const { Button } = context.flex;
  const { text } = formats;
  const label = labelOf(row);
  const customer = nameOf(row, formats);
  const cancel = text('ParkInteractionUntilCancel');
  const wait = text('ParkInteractionWait');
  const canWait = NO_ROOM.includes(row.failed);
  let act: 'resume' | 'wait' | 'cancel' = 'resume';
  let [name, aria] = [text(label), text(`${label}With`, { customer })];
  if (canWait) [act, name, aria] = ['wait', wait, `${wait}: ${customer}`];
  if (row.failed === 'ParkInteractionWaiting') [act, name, aria] = ['cancel', cancel, `${cancel}: ${customer}`];
  return (
    <>
      <Button
        variant="secondary"
        size="small"
        aria-label={aria}
        aria-busy={row.resuming}
        aria-disabled={row.resuming}
        onClick={row.resuming ? undefined : () => void list[act](row)}
      >
        {name}
      </Button>
      {canWait && (
        <Button variant="secondary" size="small" aria-label={`${cancel}: ${customer}`} onClick={() => list.cancel(row)}>
          {cancel}
        </Button>
      )}
    </>
  );
}

/** The failures that pass when the agent has room. */
const NO_ROOM: Row['failed'][] = ['ParkInteractionFull', 'ParkInteractionCapacityFull', 'ParkInteractionAway'];

function labelOf({ resuming, failed }: Row) {
  if (resuming) return 'ParkInteractionListResuming';
  // After this refusal another try does not help, as its text says.
  const again = failed && failed !== 'ParkInteractionTwilioRefused';
  return again ? 'ParkInteractionListTryAgain' : 'ParkInteractionListResume';
}
