// The supervisor's view of a large team in the real Flex desktop: its first opening over a slow line, and a change by another agent.

import { mapOf } from '../tests/browser/support/list.mjs';
import { TeamList } from '../tests/browser/support/team.mjs';
import { known } from '../tests/support/known.mjs';
import { withDesktops } from './desktops.mjs';
import { spread } from './list.mjs';
import { openAndReadAll, rowCame } from './list-page.mjs';
import { median, repeated } from './rounds.mjs';
import { within } from './within.mjs';

const TIMES = 3;
const LATENCY_MS = 100;
const WITH_LIST = { enabled: true, show_list: true };
const AGENTS = 200;
const ROWS_OF_EACH = 25;
/** The time in which all lists are read. */
const PATIENCE = { timeout: 60_000 };

/** @typedef {import('./desktops.mjs').Desktops} Desktops */

/**
 * Yields figures.
 *
 * @param {import('./report.mjs').Tools} tools
 */
export function measureTeam({ browser, tell }) {
  return withDesktops(browser, async function* (desktops) {
    const count = (AGENTS * ROWS_OF_EACH).toLocaleString('en-US');
    tell(`${count} rows of ${AGENTS} agents, ${LATENCY_MS} ms a call`);
    await begin(desktops);
    yield figure('team_5000_slow_sync_ms', median(await repeated(TIMES, () => firstRows(desktops))));
    yield figure('team_5000_slow_sync_all_ms', median(await repeated(TIMES, () => allRows(desktops, count))));
    tell(`a change by another agent, ${LATENCY_MS} ms a call`);
    let round = 0;
    const changes = await repeated(TIMES, () => oneChange(desktops, count, round++));
    yield figure('team_change_seen_ms', median(changes));
  });
}

/**
 * @param {string} name
 * @param {number} value
 */
const figure = (name, value) => ({ name, unit: 'ms', value });

/**
 * Begins with a supervisor and agents who have rows.
 *
 * @param {Desktops} desktops
 */
async function begin(desktops) {
  const { sim } = desktops;
  await desktops.begin(WITH_LIST, 'sue');
  for (let number = 0; number < AGENTS; number += 1) {
    const agent = await sim.addAgent({ identity: `agent${number}`, fullName: `Agent ${number}` });
    await sim.putItems(mapOf(agent), rowsOf(number));
  }
}

/** @param {number} number */
const rowsOf = (number) => spread(ROWS_OF_EACH, { first: number * ROWS_OF_EACH });

/** @param {Desktops} desktops */
const firstRows = (desktops) =>
  desktops.with(async (desktop) => (await desktop.openList()).ms, { latency: LATENCY_MS });

/**
 * @param {Desktops} desktops
 * @param {string} count
 */
const allRows = (desktops, count) =>
  desktops.with(({ page }) => within('all rows', page.evaluate(openAndReadAll, count)), { latency: LATENCY_MS });

/**
 * Measures the time from a message in a row until that is on the screen: of a row that is not in sight, and then is the first one.
 *
 * @param {Desktops} desktops
 * @param {string} count
 * @param {number} number the number of the agent
 */
const oneChange = (desktops, count, number) =>
  desktops.with(
    async (desktop) => {
      const { sim } = desktops;
      const team = await new TeamList(await desktop.isUp()).open();
      await team.view.getByText(`${count} interactions`, { exact: true }).waitFor(PATIENCE);
      const { agents } = await sim.facts();
      const agent = known(agents.find(({ identity }) => identity === `agent${number}`));
      const [[key, row]] = Object.entries(rowsOf(number));
      const customerName = `Nora ${number}`;
      const came = desktop.page.evaluate(rowCame, customerName);
      const began = Date.now();
      await sim.putItems(mapOf(agent), { [key]: { ...row, customerName, unheardSince: began - 1_000 } });
      return (await within('the change', came)) - began;
    },
    { latency: LATENCY_MS },
  );
