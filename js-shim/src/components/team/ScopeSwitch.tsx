import * as React from 'react';

import type { Key } from '../../strings';
import type { Formats } from '../../strings/format';
import type { ParkedTeam, Scope, TeamView } from '../../team/parkedTeam';

const NAMES: Record<Scope, Key> = {
  mine: 'ParkInteractionTeamMine',
  team: 'ParkInteractionTeamTeam',
  all: 'ParkInteractionTeamAll',
};

interface Props {
  team: ParkedTeam;
  view: TeamView;
  formats: Formats;
}

/** The choice of whose conversations are shown. The arrow keys change it. */
export function ScopeSwitch({ team, view, formats }: Props) {
  if (view.scopes.length < 2) return null;
  return (
    <div role="radiogroup" className="scopes" aria-label={formats.text('ParkInteractionTeamScope')}>
      {view.scopes.map((scope) => (
        <label key={scope}>
          <input
            type="radio"
            name="park-interaction-scope"
            checked={view.scope === scope}
            onChange={() => team.scope(scope)}
          />
          <span>{formats.text(NAMES[scope])}</span>
        </label>
      ))}
    </div>
  );
}
