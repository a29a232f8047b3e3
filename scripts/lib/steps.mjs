// Runs steps side by side, each as soon as those it rests on are done, and tells how far they are.

import { performance } from 'node:perf_hooks';

/** While steps take their time, a line about each at this interval. */
const HEARTBEAT_MS = 10_000;
/** A step that was done in less is not worth a line. */
const WORTH_A_LINE_MS = 1000;

/**
 * Runs `steps`, each `{ name, after?: [names], run({ progress, results }) }`.
 *
 * `run` may call `progress(text)` with what it is doing. Answers the steps' results by name. The first failure ends it
 * all: its error, with the step's name before the message, is thrown.
 */
export async function runSteps(steps, { print = console.log, heartbeatMs = HEARTBEAT_MS } = {}) {
  check(steps);
  const results = {};
  const doing = new Map();
  let finished = 0;

  const heartbeat = setInterval(() => {
    for (const [name, { text, since }] of doing) {
      print(`  ${[name, text].filter(Boolean).join(': ')} (${seconds(since)})`);
    }
  }, heartbeatMs);

  const begun = new Map();
  const begin = (step) => {
    if (!begun.has(step.name)) begun.set(step.name, work(step));
    return begun.get(step.name);
  };

  async function work(step) {
    await Promise.all((step.after ?? []).map((name) => begin(steps.find((other) => other.name === name))));
    const state = { text: '', since: performance.now() };
    doing.set(step.name, state);
    try {
      results[step.name] = await step.run({ progress: (text) => (state.text = text), results });
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

/** Of `steps`, the `wanted` ones and all that they rest on. */
export function withWhatTheyRestOn(steps, wanted) {
  const kept = new Set();
  const keep = (name) => {
    kept.add(name);
    steps.find((step) => step.name === name)?.after?.forEach(keep);
  };
  wanted.forEach(keep);
  return steps.filter(({ name }) => kept.has(name));
}

/** A step failed: which, and why. */
export class StepFailed extends Error {
  constructor(step, cause) {
    super(`${step}: ${cause.message}`, { cause });
    this.name = 'StepFailed';
    this.step = step;
  }
}

function check(steps) {
  const names = new Set(steps.map(({ name }) => name));
  for (const { name, after = [] } of steps) {
    for (const other of after) {
      if (!names.has(other)) throw new Error(`step \`${name}\` rests on \`${other}\`, which is not there`);
    }
  }
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
