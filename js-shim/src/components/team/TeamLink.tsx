import * as React from 'react';

import type { Context } from '../../context';
import { formatsOf } from '../../strings/format';
import type { ParkedTeam } from '../../team/parkedTeam';
import { ViewLink, type NavProps } from '../list/ListLink';
import { useListView } from '../list/useListView';

interface Props extends NavProps {
  context: Context;
  team: ParkedTeam;
  viewName: string;
}

/**
 * The link in the side navigation with the number of conversations of the supervisor's agents that need attention, in the warning
 * colour; or with the number of all of them if none does.
 */
export function TeamLink({ team, ...props }: Props) {
  const { total, alerts, unheard } = useListView(team);
  const { text, plural } = formatsOf(props.context.manager);
  const says = [plural('ParkInteractionListCount', total)];
  if (unheard > 0) says.push(text('ParkInteractionListUnheard', { count: unheard }));
  if (alerts > 0) says.push(text('ParkInteractionTeamAttention', { count: alerts }));
  return <ViewLink {...props} count={alerts || total} isWarning={alerts > 0} says={says} />;
}
