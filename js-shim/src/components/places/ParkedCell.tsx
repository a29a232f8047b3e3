import * as React from 'react';

import type { Context } from '../../context';
import { formatsOf, type Formats } from '../../strings/format';
import type { AgentSum } from '../../team/parkedTeam';
import { Cell, Head } from './styles';
import { useSum, type Sums } from './sums';

interface HeadProps {
  /** Flex reads the name of a column from here where supervisors choose their columns. */
  source: () => string;
}

/** The head of the column. Flex sorts at a click on the head's cell, which a button takes from the keyboard too. */
export const ParkedHead = ({ source }: HeadProps) => <Head type="button">{source()}</Head>;

const CELL = 'park-interaction-cell';

interface Props {
  context: Context;
  sums: Sums;
  workerSid: string;
}

/** What an agent has parked. It is drawn again only when that changes, whatever happens to Flex's table. */
export const ParkedCell = React.memo(function ParkedCell({ context, sums, workerSid }: Props) {
  const sum = useSum(sums, workerSid);
  // The supervisor does not see this agent's list, or has chosen others.
  if (!sum?.isRead) return null;
  if (sum.count === 0) return <Cell data-testid={CELL}>–</Cell>;
  const { Icon } = context.flex;
  const formats = formatsOf(context.manager);
  const urgent = urgencies(sum, formats);
  return (
    <Cell data-testid={CELL}>
      <span className={urgent.length > 0 ? 'urgent' : undefined}>
        {urgent.length > 0 && <Icon icon="Warning" sizeMultiplier={0.8} />}
        <span>{[sum.count, ...urgent].join(' · ')}</span>
      </span>
      <Oldest sum={sum} formats={formats} />
    </Cell>
  );
});

interface OfSum {
  sum: AgentSum;
  formats: Formats;
}

/** The age of the oldest, and its time in full. */
export function Oldest({ sum: { oldestAt, oldestAgo }, formats }: OfSum) {
  if (oldestAt === null || oldestAgo === null) return null;
  return (
    <time className="oldest" dateTime={new Date(oldestAt).toISOString()} title={formats.momentInFull(oldestAt)}>
      {formats.text('ParkInteractionPlacesOldest', { time: formats.relative(oldestAgo) })}
    </time>
  );
}

/** Returns what is urgent, in words that stay on one line each. */
export function urgencies({ unheard, overdue }: Pick<AgentSum, 'unheard' | 'overdue'>, { text }: Formats): string[] {
  return [
    unheard > 0 && text('ParkInteractionPlacesUnanswered', { count: unheard }),
    overdue > 0 && text('ParkInteractionPlacesOverdue', { count: overdue }),
  ].flatMap((words) => (words ? words.replace(/ /g, '\u00a0') : []));
}
