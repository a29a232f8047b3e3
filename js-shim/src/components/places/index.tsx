// The team's parked conversations in Flex's own views: the Teams view, the worker's panel, the real-time queues view.

import * as React from 'react';

import type { Context } from '../../context';
import { text } from '../../strings';
import type { ParkedTeam } from '../../team/parkedTeam';
import { ParkedCell, ParkedHead } from './ParkedCell';
import { ParkedTile } from './ParkedTile';
import { compare, sumsOf } from './sums';
import { WorkerSection } from './WorkerSection';

const KEY = 'park-interaction';

/** Behind the agent, before their tasks. */
const COLUMN_ORDER = 1;
/** Behind the agent's profile, before their skills. */
const SECTION_ORDER = 2.5;
/** Behind Flex's own tiles. */
const TILE_ORDER = 10;

/** As wide as Flex's own columns. */
const COLUMN: React.CSSProperties = { width: '14rem' };

/** An agent as Flex's tables have them. */
interface OfWorker {
  worker: { sid: string };
}

/** Adds a column to the Teams view, a section to the worker's panel, and a tile to the real-time queues view. */
export function registerPlaces(context: Context, team: ParkedTeam): void {
  const { flex, manager } = context;
  const sums = sumsOf(team);
  flex.WorkersDataTable.Content.add(
    <flex.ColumnDefinition<OfWorker>
      key={KEY}
      name={KEY}
      style={COLUMN}
      header={<ParkedHead source={() => text(manager, 'ParkInteractionPlacesParked')} />}
      content={({ worker }) => <ParkedCell context={context} sums={sums} workerSid={worker.sid} />}
      sortingFn={(a, b) => compare(sums, a.worker.sid, b.worker.sid)}
    />,
    { sortOrder: COLUMN_ORDER },
  );
  flex.WorkerCanvas.Content.add(<WorkerSection key={KEY} context={context} team={team} sums={sums} />, {
    sortOrder: SECTION_ORDER,
  });
  flex.QueuesStats.AggregatedQueuesDataTiles.Content.add(<ParkedTile key={KEY} context={context} team={team} />, {
    sortOrder: TILE_ORDER,
  });
}
