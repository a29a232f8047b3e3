import type { Context } from '../../context';
import type { FilterName, ParkedTeam } from '../../team/parkedTeam';
import { VIEW } from '../list';

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
  team.clear();
  for (const [name, value] of Object.entries(filters)) team.filter(name as FilterName, value);
  void flex.Actions.invokeAction('NavigateToView', { viewName: VIEW });
}
