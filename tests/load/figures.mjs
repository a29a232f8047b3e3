// The results of the check as text.

import { twoTasks } from '../faults/invariants.mjs';
import { isParked } from './crowd.mjs';

/** Prints all results, the verdict last. Returns the tally. */
export function printFigures({ crowd, rate, parking, writing, woken, ended, following, hits, wrong, log }) {
  const { members, retried, refused } = crowd;
  const parked = members.filter(isParked);
  const { all, byMessage, sweeps } = woken;
  const throttled = Object.values(hits).reduce((sum, count) => sum + count, 0);
  const double = members.filter(isDouble).length;
  const unheard = ended.unheard.length;
  const lost = members.filter((member, number) => wrong[number] && !isDouble(member)).length;

  log(`\n${members.length} conversations, ${rate} a second`);
  log(`parked: ${parked.length} within ${parking.toFixed(1)} s, each ${spread(parked.map(({ parkMs }) => parkMs))}`);
  log(`retried: ${retried} posts by the plugin, ${refused} clicks by agents who were refused`);
  log(`woken: ${all}, all had written within ${writing.toFixed(1)} s`);
  log(`  message to invite ${spread(parked.flatMap(messageToInvite))}`);
  log(`  ${byMessage} by the message, ${all - byMessage} by reconciling (${sweeps} times)`);
  const { declined, canceled, unheardOf } = ended;
  const ends = `${declined.length} declined, ${canceled.length} canceled, ${unheardOf.length} canceled without an event`;
  log(`ended: ${ends}; asked for again within ${following.toFixed(1)} s`);
  for (const [limit, count] of Object.entries(hits)) log(`throttled: ${count} by the limit ${limit}`);
  for (const [reason, ids] of grouped(members, wrong)) log(`WRONG: ${ids.length} x ${reason}: ${ids[0]} …`);
  const verdict = `${lost} lost, ${double} double, ${unheard} unheard`;
  log(`load: ${parked.length} parked, ${all} woken, ${throttled} throttled, ${verdict}`);
  const failed = lost + double + unheard;
  return { passed: members.length - failed, failed };
}

const isDouble = ({ state }) => Boolean(twoTasks(state));

/** Returns the time from the customer's last message to the task that an invite made, in milliseconds. */
function messageToInvite({ state, before }) {
  const known = new Set(before.tasks.map(({ sid }) => sid));
  const made = state.tasks.find(({ sid }) => !known.has(sid));
  if (!made) return [];
  return [Date.parse(made.date_created) - Date.parse(state.conversation.messages.at(-1).date_created)];
}

function grouped(members, wrong) {
  const groups = new Map();
  members.forEach(({ id }, number) => {
    const reason = wrong[number];
    if (reason) groups.set(reason, [...(groups.get(reason) ?? []), id]);
  });
  return groups;
}

function spread(times) {
  if (times.length === 0) return 'never';
  const sorted = [...times].sort((one, other) => one - other);
  const at = (part) => `${Math.round(sorted[Math.ceil(sorted.length * part) - 1])} ms`;
  return `p50 ${at(0.5)}, p95 ${at(0.95)}`;
}
