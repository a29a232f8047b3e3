import * as React from 'react';

import type { Context } from '../../../context';
import { formatsOf } from '../../../strings/format';
import type { AgentSum, ParkedTeam } from '../../../team/parkedTeam';
import { AgentPicker, useAgents } from './AgentPicker';
import { Progress } from './Progress';
import { isInBar, startRun, useRun } from './run';
import { Bar } from './styles';

interface Props {
  context: Context;
  team: ParkedTeam;
  /** The agent whose conversations are handed over. */
  workerSid: string;
}

/** Hands over all parked conversations of an agent: a click opens the choice of agents, a second one starts. */
export function HandOver({ context, team, workerSid }: Props) {
  const { Button } = context.flex;
  const { text } = formatsOf(context.manager);
  const anchor = React.useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = React.useState(false);
  const run = useRun();
  const own = useAgents(team).find((agent) => agent.workerSid === workerSid);
  // Where there is a bar, that shows it.
  const isShown = run?.about === workerSid && !isInBar();
  if (!isShown && !own?.count) return null;

  const title = text('ParkInteractionHandOver', { count: own?.count ?? 0, agent: own?.name ?? '' });
  const isBusy = run?.isOver === false;
  const pick = (agent: AgentSum | null) =>
    startRun(context, 'give', team.rowsOf(workerSid), agent ? { workerSid: agent.workerSid } : {}, workerSid);
  return (
    <div ref={anchor} style={{ minWidth: 0 }}>
      {isShown ? (
        <Bar>
          <Progress context={context} run={run} />
        </Bar>
      ) : (
        <Button
          variant="secondary"
          size="small"
          aria-haspopup="dialog"
          aria-expanded={isOpen}
          aria-disabled={isBusy}
          onClick={isBusy ? undefined : () => setOpen(true)}
          data-testid="park-interaction-hand-over"
        >
          {title}
        </Button>
      )}
      {isOpen && (
        <AgentPicker
          {...{ context, team, anchor, title, pick }}
          except={workerSid}
          withQueue
          close={() => setOpen(false)}
        />
      )}
    </div>
  );
}
