import * as React from 'react';

import type { AgentSum, ParkedTeam } from '../../team/parkedTeam';

/** The sums of the agents' lists. Each is followed on its own, so that a change of one list draws one cell again. */
export interface Sums {
  /** Returns an agent's sum: the same object until it changes. Undefined for an agent whom the supervisor does not see. */
  of(workerSid: string): AgentSum | undefined;
  /** Calls `listener` when this agent's sum changes. */
  subscribe(workerSid: string, listener: () => void): () => void;
}

/** Follows the sums as long as somebody listens. */
export function sumsOf(team: ParkedTeam): Sums {
  const listeners = new Map<string, Set<() => void>>();
  let sums: Map<string, [sum: AgentSum, json: string]> | undefined;
  let stop: (() => void) | undefined;

  const read = () => {
    const before = sums;
    sums = new Map(
      team.agents().map((sum) => {
        const json = JSON.stringify(sum);
        const known = before?.get(sum.workerSid);
        return [sum.workerSid, known?.[1] === json ? known : [sum, json]];
      }),
    );
    return sums;
  };
  const update = () => {
    const before = sums;
    const now = read();
    for (const [sid, own] of listeners) if (before?.get(sid) !== now.get(sid)) own.forEach((listener) => listener());
  };

  return {
    of: (workerSid) => (stop && sums ? sums : read()).get(workerSid)?.[0],
    subscribe(workerSid, listener) {
      const own = listeners.get(workerSid) ?? new Set();
      listeners.set(workerSid, own.add(listener));
      if (!stop) {
        read();
        stop = team.subscribe(update);
      }
      return () => {
        own.delete(listener);
        if (own.size === 0) listeners.delete(workerSid);
        if (listeners.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
  };
}

/** Returns an agent's sum, and draws again when it changes. */
export function useSum(sums: Sums, workerSid: string): AgentSum | undefined {
  const [sum, setSum] = React.useState(() => sums.of(workerSid));
  React.useEffect(() => {
    const update = () => setSum(sums.of(workerSid));
    const stop = sums.subscribe(workerSid, update);
    // It may have changed between the first drawing and this effect.
    update();
    return stop;
  }, [sums, workerSid]);
  return sum;
}

/** Orders agents by the number of what they have parked, then by the age of the oldest. */
export function compare(sums: Sums, a: string, b: string): number {
  const [first, second] = [sums.of(a), sums.of(b)];
  const number = (first?.count ?? 0) - (second?.count ?? 0);
  return number || (second?.oldestAt ?? Infinity) - (first?.oldestAt ?? Infinity) || 0;
}
