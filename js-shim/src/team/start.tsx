import type { Context } from '../context';
import type { ParkedTeam } from './parkedTeam';

/** Starts everything that only supervisors and admins need. */
export function startTeam(context: Context): ParkedTeam {
  if (context.team) return context.team;
  throw new Error('the view of the team is not there yet');
}
