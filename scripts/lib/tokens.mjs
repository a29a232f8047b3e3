// The tokens in the addresses of the desktops. They end like those of Flex, so new addresses are printed before.

import { control } from './control.mjs';

/** How long before its end a token is replaced. */
const BEFORE_END_MS = 10 * 60_000;
/** The longest time that a timer of Node can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Prints new addresses of the desktops before the tokens in the present ones end, again and again. Returns a sentence about when that
 * is.
 *
 * @param {{ simulatorUrl: string, facts: { agents: Agent[] } }} stack
 * @param {(line: string) => void} print
 *
 * @typedef {{ identity: string, name: string, url: string, tokenExpires?: string }} Agent
 */
export function keepTokens({ simulatorUrl, facts }, print) {
  const ends = endOf(facts.agents);
  const wait = Math.min(Math.max(ends - Date.now() - BEFORE_END_MS, 0), LONGEST_MS);
  const timer = setTimeout(() => void renew(simulatorUrl, facts.agents, print), wait);
  // It keeps no process alive.
  timer.unref();
  return `The addresses of the desktops hold until ${clock(ends)}; new ones are printed here ten minutes before.`;
}

/**
 * @param {string} simulatorUrl
 * @param {Agent[]} agents
 * @param {(line: string) => void} print
 */
async function renew(simulatorUrl, agents, print) {
  try {
    for (const { identity } of agents) await control(simulatorUrl, 'POST', 'tokens', { identity });
    const facts = await control(simulatorUrl, 'GET', 'facts');
    print('\nNew addresses of the desktops, since the former ones end:');
    for (const { name, url } of facts.agents)
      print(`  ${`${name}'s desktop`.padEnd(26)} ${new URL(url, simulatorUrl).href}`);
    print(keepTokens({ simulatorUrl, facts }, print));
  } catch (error) {
    print(`\nThe addresses of the desktops end, and no new ones could be made (${error}). Start it again: npm start`);
  }
}

/** @param {Agent[]} agents */
function endOf(agents) {
  const ends = agents.map(({ tokenExpires }) => Date.parse(tokenExpires ?? '')).filter(Number.isFinite);
  return Math.min(...ends);
}

/** @param {number} ms */
const clock = (ms) => new Date(ms).toTimeString().slice(0, 5);
