import type { Context } from '../context';

/** Starts the supervisors' part. */
export function startTeam(context: Context): void {
  console.warn('team', context.settings);
}
