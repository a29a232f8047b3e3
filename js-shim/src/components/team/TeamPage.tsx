import * as React from 'react';

import type { Context } from '../../context';
import type { ParkedList } from '../../list/parkedList';
import { formatsOf, type Formats } from '../../strings/format';
import { shareChoices } from '../../team/address';
import type { ParkedTeam, TeamView } from '../../team/parkedTeam';
import { Frame, type FrameProps } from '../list/Frame';
import { ownFrame } from '../list/ListView';
import { useListView } from '../list/useListView';
import { BulkBar, HandOver, useSelection, type Selection } from './bulk';
import { Progress } from './bulk/Progress';
import { useAsBar, useRun } from './bulk/run';
import { Bar } from './bulk/styles';
import { Filters, TeamSearch } from './Filters';
import { ScopeSwitch } from './ScopeSwitch';
import { TeamSheet } from './styles';
import { TeamTable } from './TeamTable';

interface Props {
  context: Context;
  list: ParkedList;
  team: ParkedTeam;
  viewName: string;
}

/** The view of supervisors: their own parked conversations, those of their team, or all. */
export function TeamPage({ context, list, team, viewName }: Props) {
  const view = useListView(team);
  const own = useListView(list);
  const selection = useSelection(team);
  const formats = formatsOf(context.manager);
  const isMine = view.scope === 'mine';
  React.useEffect(() => shareChoices(viewName, team.choices()), [team, view, viewName]);

  const frame = isMine
    ? { ...ownFrame(context, list, own), notes: <OwnNotes {...{ context, view, formats }} /> }
    : teamFrame({ context, team, view, formats, selection });
  return <Frame {...frame} sheet={TeamSheet} beside={<ScopeSwitch {...{ team, view, formats }} />} />;
}

interface TeamProps {
  context: Context;
  team: ParkedTeam;
  view: TeamView;
  formats: Formats;
  selection: Selection;
}

/** Returns the parts of the view of other agents' conversations. */
function teamFrame({ context, team, view, formats, selection }: TeamProps): FrameProps {
  const part = { context, team, view, formats };
  const { agent } = view.filters;
  return {
    context,
    list: team,
    view,
    formats,
    tools: (search) => view.total > 0 && <TeamSearch {...part} search={search} />,
    notes: (
      <>
        {view.total > 0 && (
          <Filters {...part}>{agent !== null && <HandOver context={context} team={team} workerSid={agent} />}</Filters>
        )}
        <Partly {...part} />
        <BulkBar {...{ context, team, selection }} />
      </>
    ),
    table: (focus) => <TeamTable {...part} {...{ selection, focus }} />,
    words: {
      loading: 'ParkInteractionTeamLoading',
      empty: formats.text('ParkInteractionTeamEmpty'),
      emptyHint: formats.text('ParkInteractionTeamEmptyHint'),
      noMatchHint: 'ParkInteractionTeamNoMatchHint',
      clear: 'ParkInteractionTeamClear',
    },
    clear: () => team.clear(),
  };
}

/** A note that some lists could not be read. */
function Partly({ context, team, view, formats }: Omit<TeamProps, 'selection'>) {
  const { Button, Icon } = context.flex;
  const { failed, all } = view.lists;
  if (failed === 0 || view.status === 'failed') return null;
  return (
    <div className="offline" role="status">
      <Icon icon="Warning" />
      <p>{formats.text('ParkInteractionTeamPartly', { count: failed, total: all })}</p>
      <Button variant="secondary" size="small" onClick={() => team.retry()}>
        {formats.text('ParkInteractionListTryAgain')}
      </Button>
    </div>
  );
}

/** The notes above the supervisor's own list. A batch that was started in another scope goes on. */
function OwnNotes({ context, ...part }: React.ComponentProps<typeof NoTeam>) {
  const run = useRun();
  useAsBar();
  return (
    <>
      <NoTeam context={context} {...part} />
      {run && (
        <Bar data-testid="park-interaction-bulk">
          <Progress context={context} run={run} />
        </Bar>
      )}
    </>
  );
}

/** A note to a supervisor who sees no other agents. */
function NoTeam({ context, view, formats }: Pick<TeamProps, 'context' | 'view' | 'formats'>) {
  const { Icon } = context.flex;
  if (view.scopes.length > 1) return null;
  return (
    <div className="offline">
      <Icon icon="Info" />
      <p>{formats.text('ParkInteractionTeamNoTeam')}</p>
    </div>
  );
}
