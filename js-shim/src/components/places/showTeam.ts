import type { Context } from '../../context';
import type { FilterName, ParkedTeam } from '../../team/parkedTeam';
import { VIEW } from '../list';

const NO_FILTERS: Record<FilterName, null> = {
  agent: null,
  queue: null,
  channel: null,
  reason: null,
  overdue: null,
  unanswered: null,
};

/** Opens the team's view with these filters only. `isMine`: those whom it shall show are in the supervisor's team. */
export function showTeam(
  { flex }: Context,
  team: ParkedTeam,
  filters: Partial<Record<FilterName, string>>,
  isMine: boolean,
): void {
  const { scope, scopes } = team.view();
  const fits = scope === 'all' || (scope === 'team' && isMine);
  const wider = scopes.includes('all') ? 'all' : 'team';
  if (!fits) team.scope(isMine && scopes.includes('team') ? 'team' : wider);
  team.search('');
  for (const [name, value] of Object.entries({ ...NO_FILTERS, ...filters })) team.filter(name as FilterName, value);
  void flex.Actions.invokeAction('NavigateToView', { viewName: VIEW });
}
