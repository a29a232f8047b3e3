// Waiting until a contact centre is idle.

import { until } from './until.mjs';

const LOOK_EVERY_MS = 250;

/**
 * Returns true if no request is under way, no delivery is due and no Function runs.
 *
 * @param {{ underWay: number, deliveries: number, functions: number }} activity as `GET activity` of the simulator tells it
 */
export const isIdle = ({ underWay, deliveries, functions }) => underWay + deliveries + functions === 0;

/**
 * Waits until a contact centre was idle for `forMs`, and no request has reached Twilio in that time.
 *
 * @param {{ control: (method: string, path: string) => Promise<any> }} centre any: what the simulator answers
 * @param {{ forMs: number, within: number }} limits in milliseconds
 */
export async function quiet(centre, { forMs, within }) {
  /** @type {number | undefined} */
  let last;
  let since = 0;
  const isQuiet = async () => {
    const activity = await centre.control('GET', 'activity');
    if (activity.requests !== last || !isIdle(activity)) {
      last = activity.requests;
      since = performance.now();
    }
    return performance.now() - since >= forMs;
  };
  await until('the end of all Functions', isQuiet, { within, every: LOOK_EVERY_MS });
}
