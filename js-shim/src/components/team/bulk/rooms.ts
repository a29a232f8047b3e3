import * as React from 'react';

import type { Context } from '../../../context';
import { logoutSignal, token } from '../../../flex/session';

/** The room of an agent for chats. */
export interface AgentRoom {
  workerSid: string;
  free: number;
  capacity: number;
}

const PATH = '/features/park-interaction/flex/team-lists';

/** Returns the rooms of agents by worker, as far as they are known; at most 20 agents at a time. Each is asked for once. */
export function useRooms(context: Context, workerSids: string[]): ReadonlyMap<string, AgentRoom> {
  const [rooms, setRooms] = React.useState<ReadonlyMap<string, AgentRoom>>(new Map());
  const asked = React.useRef(new Set<string>());
  const all = workerSids.join(',');

  React.useEffect(() => {
    const missing = all.split(',').filter((sid) => sid && !asked.current.has(sid));
    if (!missing.length) return;
    missing.forEach((sid) => asked.current.add(sid));
    void roomsOf(context, missing.join(',')).then((found) =>
      setRooms((before) => new Map([...before, ...found.map((room) => [room.workerSid, room] as const)])),
    );
  }, [context, all]);
  return rooms;
}

/** Asks the Function for the rooms of agents. Without an answer none is known. */
async function roomsOf({ manager, settings }: Context, roomOf: string): Promise<AgentRoom[]> {
  try {
    const response = await fetch(`${settings.functionsOrigin}${PATH}`, {
      method: 'POST',
      // Unlike JSON, a form needs no preflight request.
      body: new URLSearchParams({ Token: token(manager), roomOf }),
      signal: logoutSignal(),
    });
    const { rooms } = (await response.json()) as { rooms?: AgentRoom[] };
    return rooms ?? [];
  } catch (error) {
    console.warn('park-interaction:', error);
    return [];
  }
}
