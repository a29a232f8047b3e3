// What the check has found, as people read it.

import { isParked } from './crowd.mjs';

/** Prints everything, the verdict last. Answers the tally. */
export function printFigures({ crowd, rate, parking, writing, woken, hits, wrong }) {
  const { members, retried, refused } = crowd;
  const parked = members.filter(isParked);
  const all = woken.byMessage + woken.bySweep;
  const throttled = Object.values(hits).reduce((sum, count) => sum + count, 0);
  const double = members.filter(isDouble).length;
  const lost = members.filter((member, number) => wrong[number] && !isDouble(member)).length;

  console.log(`\n${members.length} conversations, ${rate} a second`);
  console.log(
    `parked: ${parked.length} within ${parking.toFixed(1)} s, each ${spread(parked.map(({ parkMs }) => parkMs))}`,
  );
  console.log(`retried: ${retried} posts by the plugin, ${refused} clicks by agents who were refused`);
  console.log(`woken: ${all}, all had written within ${writing.toFixed(1)} s`);
  console.log(`  message to invite ${spread(parked.flatMap(messageToInvite))}`);
  console.log(`  ${woken.byMessage} by the message, ${woken.bySweep} by reconciling (${woken.sweeps} times)`);
  for (const [limit, count] of Object.entries(hits)) console.log(`throttled: ${count} by the limit ${limit}`);
  for (const [reason, ids] of grouped(members, wrong)) console.log(`WRONG: ${ids.length} x ${reason}: ${ids[0]} …`);
  console.log(`load: ${parked.length} parked, ${all} woken, ${throttled} throttled, ${lost} lost, ${double} double`);
  const failed = lost + double;
  return { passed: members.length - failed, failed };
}

/** No conversation gives reason for more than the task that was there at first and one that an invite has made. */
const isDouble = ({ state }) => state.openTasks.length > 1 || state.tasks.length > 2;

/** From the customer's last message to the task that an invite made, in milliseconds. */
function messageToInvite({ state, before }) {
  const known = new Set(before.tasks.map(({ sid }) => sid));
  const made = state.tasks.find(({ sid }) => !known.has(sid));
  if (!made) return [];
  return [new Date(made.date_created) - new Date(state.conversation.messages.at(-1).date_created)];
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
