import * as React from 'react';
import type { IWorker } from '@twilio/flex-ui';

import type { Context } from '../../context';
import { formatsOf, type Formats } from '../../strings/format';
import type { ParkedTeam, TeamRow } from '../../team/parkedTeam';
import { channelIcon } from '../list/channelIcon';
import { nameOf, ResumeButton } from '../list/ListRow';
import { HandOver } from '../team/bulk';
import { Oldest, urgencies } from './ParkedCell';
import { showTeam } from './showTeam';
import { Section } from './styles';
import { useSum, type Sums } from './sums';

/** The most rows that the panel shows. */
const MOST_ROWS = 5;

interface Part {
  context: Context;
  team: ParkedTeam;
}

interface Props extends Part {
  sums: Sums;
  /** Flex passes it: the worker whose panel is open. */
  worker?: IWorker;
}

/** The section in a worker's panel: what they have parked, and what a supervisor can do about it. */
export function WorkerSection({ context, team, sums, worker }: Props) {
  return worker ? <Parked key={worker.sid} {...{ context, team, sums }} workerSid={worker.sid} /> : null;
}

function Parked({ context, team, sums, workerSid }: Part & { sums: Sums; workerSid: string }) {
  const sum = useSum(sums, workerSid);
  const rows = useRows(team, workerSid);
  const heading = React.useRef<HTMLHeadingElement>(null);
  const focusIsInside = React.useRef(false);
  // A row that leaves the list passes the keyboard's focus on.
  React.useEffect(() => {
    if (focusIsInside.current && document.activeElement === document.body) heading.current?.focus();
  }, [rows]);
  if (!sum) return null;
  const formats = formatsOf(context.manager);
  const { text } = formats;
  const urgent = urgencies(sum, formats);
  const more = rows.length - MOST_ROWS;
  const others = sum.isRead
    ? more > 0 && text('ParkInteractionPlacesMore', { count: more })
    : // Another scope's lists are followed: the click chooses this one.
      text('ParkInteractionListTitle');
  return (
    <Section
      aria-labelledby={TITLE}
      data-testid={TITLE}
      onFocus={() => (focusIsInside.current = true)}
      onBlur={({ target }: React.FocusEvent) => (focusIsInside.current = !target.isConnected)}
    >
      <h4 id={TITLE} ref={heading} tabIndex={-1}>
        {[text('ParkInteractionPlacesParked'), sum.isRead ? sum.count : []].flat().join(' · ')}
        {urgent.length > 0 && <span className="urgent">{urgent.join(' · ')}</span>}
        <Oldest {...{ sum, formats }} />
      </h4>
      {sum.isRead && sum.count === 0 && <p className="weak">{text('ParkInteractionListEmpty')}</p>}
      {rows.length > 0 && (
        <ul aria-labelledby={TITLE}>
          {rows.slice(0, MOST_ROWS).map((row) => (
            <ParkedRow key={row.conversationSid} {...{ context, team, row, formats }} />
          ))}
        </ul>
      )}
      {others && (
        <button
          type="button"
          className="more"
          onClick={() => showTeam(context, team, { agent: workerSid }, sum.isMine)}
        >
          {others}
        </button>
      )}
      <HandOver {...{ context, team, workerSid }} />
    </Section>
  );
}

const TITLE = 'park-interaction-worker';

interface RowProps extends Part {
  row: TeamRow;
  formats: Formats;
}

/** One of the agent's parked conversations. It is drawn again only if it is another object. */
const ParkedRow = React.memo(function ParkedRow({ context, team, row, formats }: RowProps) {
  const { Icon } = context.flex;
  const failure = row.failed && formats.text(row.failed, { field: row.failedField ?? '' });
  return (
    <li data-conversation={row.conversationSid}>
      <div>
        <span className="name">
          <Icon icon={channelIcon(row.channel)} sizeMultiplier={0.8} />
          <span dir="auto" translate="no">
            {nameOf(row, formats)}
          </span>
        </span>
        <Waits {...{ context, row, formats }} />
      </div>
      <div className="action">
        <ResumeButton {...{ context, row, formats }} list={team} />
      </div>
      {failure && <span className={row.failed === 'ParkInteractionWaiting' ? 'weak' : 'failure'}>{failure}</span>}
    </li>
  );
});

/** Since when the customer waits, or what the conversation waits for. */
function Waits({ context, row, formats }: Omit<RowProps, 'team'>) {
  const { Icon } = context.flex;
  const { unheardSince, keptUntil } = row.data;
  const { returnsAt, dueIn, condition, held } = row;
  if (unheardSince !== null && !(held && keptUntil !== null)) {
    return (
      <span className="urgent" title={formats.momentInFull(unheardSince)}>
        <Icon icon="Warning" sizeMultiplier={0.8} />
        <span>{formats.wrote(unheardSince)}</span>
      </span>
    );
  }
  const time = returnsAt === null ? '' : formats.when(returnsAt);
  const left = dueIn === null ? '' : formats.left(dueIn);
  const isOver = condition === 'ParkInteractionListDueSince';
  return (
    <span
      className={isOver ? 'urgent' : 'weak'}
      title={returnsAt === null ? undefined : formats.momentInFull(returnsAt)}
    >
      {isOver && <Icon icon="Warning" sizeMultiplier={0.8} />}
      <span>{formats.text(condition, { time, left })}</span>
    </span>
  );
}

/** Returns the rows of an agent; an unchanged one is the same object. */
function useRows(team: ParkedTeam, workerSid: string): TeamRow[] {
  const [rows, setRows] = React.useState(() => team.rowsOf(workerSid));
  React.useEffect(() => {
    const update = () => setRows((before) => withKnown(before, team.rowsOf(workerSid)));
    update();
    return team.subscribe(update);
  }, [team, workerSid]);
  return rows;
}

/** Returns `before` if nothing has changed, and otherwise the rows of `now`, unchanged ones as they were. */
function withKnown(before: TeamRow[], now: TeamRow[]): TeamRow[] {
  const known = new Map(before.map((row) => [row.conversationSid, row]));
  const rows = now.map((row) => {
    const old = known.get(row.conversationSid);
    return old && JSON.stringify(old) === JSON.stringify(row) ? old : row;
  });
  return rows.length === before.length && rows.every((row, index) => row === before[index]) ? before : rows;
}
