import * as React from 'react';

import { showInstead, VIEW } from '../components/list';
import { registerPlaces } from '../components/places';
import { AgentPicker } from '../components/team/bulk';
import { TeamLink } from '../components/team/TeamLink';
import { TeamPage } from '../components/team/TeamPage';
import type { Context } from '../context';
import { followTeam } from './followTeam';
import type { ParkedTeam } from './parkedTeam';

export { loadCore } from './core';

/** Starts everything that only supervisors and admins need. They must have a list. */
export function startTeam(context: Context): ParkedTeam {
  const { list } = context;
  if (!list) throw new Error('a team needs the list');
  const team = followTeam(context, list, VIEW);
  context.team = team;
  context.AgentPicker = AgentPicker;
  showInstead({
    Page: () => <TeamPage {...{ context, list, team }} viewName={VIEW} />,
    Link: (props) => <TeamLink {...{ context, team }} viewName={VIEW} {...props} />,
  });
  registerPlaces(context, team);
  return team;
}
