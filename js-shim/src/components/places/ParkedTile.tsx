import * as React from 'react';

import type { Context } from '../../context';
import { formatsOf } from '../../strings/format';
import type { ParkedTeam } from '../../team/parkedTeam';
import { showTeam } from './showTeam';
import { Figures } from './styles';

interface Props {
  context: Context;
  team: ParkedTeam;
}

/** The tile of the real-time queues view: what is parked, due today and unanswered. A click opens the team's view. */
export function ParkedTile({ context, team }: Props) {
  const totals = useTotals(team);
  const { flex, manager } = context;
  // Its successor, which Flex has from 2.5 on, does not take a tile's share of the width.
  const { AggregatedDataTile: Tile } = flex;
  const { text } = formatsOf(manager);
  const { parked, dueToday, unheard } = totals;
  const show = (filters: Parameters<typeof showTeam>[2]) => () => showTeam(context, team, filters, true);
  return (
    <Tile title={text('ParkInteractionPlacesParked')}>
      <Figures data-testid="park-interaction-tile">
        <button
          type="button"
          className="parked"
          aria-label={`${text('ParkInteractionPlacesParked')}: ${parked}`}
          onClick={show({})}
        >
          {parked}
        </button>
        <span>{text('ParkInteractionPlacesDueToday', { count: dueToday })}</span>
        {unheard > 0 ? (
          <button type="button" className="urgent" onClick={show({ unanswered: '1' })}>
            {text('ParkInteractionPlacesUnanswered', { count: unheard })}
          </button>
        ) : (
          <span>{text('ParkInteractionPlacesUnanswered', { count: unheard })}</span>
        )}
      </Figures>
    </Tile>
  );
}

interface Totals {
  parked: number;
  dueToday: number;
  unheard: number;
}

/** Returns the totals of all lists that the supervisor follows: the same object until one of them changes. */
function useTotals(team: ParkedTeam): Totals {
  const [totals, setTotals] = React.useState(() => totalsOf(team));
  React.useEffect(() => {
    const update = () => {
      const now = totalsOf(team);
      setTotals((before) => (JSON.stringify(before) === JSON.stringify(now) ? before : now));
    };
    update();
    return team.subscribe(update);
  }, [team]);
  return totals;
}

const totalsOf = (team: ParkedTeam): Totals =>
  team.agents().reduce(
    ({ parked, dueToday, unheard }, sum) => ({
      parked: parked + sum.count,
      dueToday: dueToday + sum.dueToday,
      unheard: unheard + sum.unheard,
    }),
    { parked: 0, dueToday: 0, unheard: 0 },
  );
