// Runs steps side by side, each as soon as the steps that it needs are done, and prints how far they are.

import { performance } from 'node:perf_hooks';

import { messageOf } from './errors.mjs';

/** While steps take their time, a line about each at this interval. */
const HEARTBEAT_MS = 10_000;
/** A step that was done in less is not worth a line. */
const WORTH_A_LINE_MS = 1000;

/**
 * One step. `run` may call `progress` with what it is doing.
 *
 * @template {Record<string, any>} R the results of all steps by name: any, since each step has its own
 * @typedef {object} Step
 * @property {string} name
 * @property {string[]} [after] the names of the steps that it needs
 * @property {(doing: { progress: (text: string) => void, results: R }) => unknown} run
 */

/**
 * Runs steps and returns their results by name. Throws the first failure, with the step's name before its message.
 *
 * @template {Record<string, any>} R
 * @param {Step<R>[]} steps
 * @param {{ print?: (line: string) => void, heartbeatMs?: number }} [options]
 * @returns {Promise<R>}
 */
export async function runSteps(steps, { print = console.log, heartbeatMs = HEARTBEAT_MS } = {}) {
  check(steps);
  // Filled step by step: a step finds the results of those that it needs.
  const results = /** @type {R} */ ({});
  /** @type {Map<string, { text: string, since: number }>} */
  const doing = new Map();
  let finished = 0;

  const heartbeat = setInterval(() => {
    for (const [name, { text, since }] of doing) {
      print(`  ${[name, text].filter(Boolean).join(': ')} (${seconds(since)})`);
    }
  }, heartbeatMs);

  /** @type {Map<string, Promise<void>>} */
  const begun = new Map();
  /** @param {Step<R>} step */
  const begin = (step) => {
    if (!begun.has(step.name)) begun.set(step.name, work(step));
    return begun.get(step.name);
  };

  /** @param {Step<R>} step */
  async function work(step) {
    await Promise.all(steps.filter(({ name }) => step.after?.includes(name)).map(begin));
    const state = { text: '', since: performance.now() };
    doing.set(step.name, state);
    try {
      const result = await step.run({ progress: (text) => (state.text = text), results });
      Object.assign(results, { [step.name]: result });
    } catch (error) {
      throw new StepFailed(step.name, error);
    } finally {
      doing.delete(step.name);
    }
    finished += 1;
    if (performance.now() - state.since >= WORTH_A_LINE_MS) {
      print(`[${finished}/${steps.length}] ${step.name}: done (${seconds(state.since)})`);
    }
  }

  try {
    await Promise.all(steps.map(begin));
  } finally {
    clearInterval(heartbeat);
  }
  return results;
}

/**
 * Returns the `wanted` steps and all that they need.
 *
 * @template {{ name: string, after?: string[] }} S
 * @param {S[]} steps
 * @param {string[]} wanted
 */
export function withWhatTheyRestOn(steps, wanted) {
  /** @type {Set<string>} */
  const kept = new Set();
  /** @param {string} name */
  const keep = (name) => {
    kept.add(name);
    steps.find((step) => step.name === name)?.after?.forEach(keep);
  };
  wanted.forEach(keep);
  return steps.filter(({ name }) => kept.has(name));
}

/** A step failed. The message names the step and its error. */
export class StepFailed extends Error {
  /**
   * @param {string} step
   * @param {unknown} cause
   */
  constructor(step, cause) {
    super(`${step}: ${messageOf(cause)}`, { cause });
    this.name = 'StepFailed';
    this.step = step;
  }
}

/** @param {{ name: string, after?: string[] }[]} steps */
function check(steps) {
  const names = new Set(steps.map(({ name }) => name));
  for (const { name, after = [] } of steps) {
    for (const other of after) {
      if (!names.has(other)) throw new Error(`step \`${name}\` rests on \`${other}\`, which is not there`);
    }
  }
}

/** @param {number} since by `performance.now()` */
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
