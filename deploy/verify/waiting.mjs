// Waiting until something is so.

const BETWEEN_MS = 250;

/**
 * Asks every `everyMs` until there is an answer other than `undefined`, and gives it with the time that took; `undefined` when it does
 * not come.
 */
export async function waitFor(ask, withinMs, everyMs = BETWEEN_MS) {
  const began = Date.now();
  for (;;) {
    const answer = await ask();
    const ms = Date.now() - began;
    if (answer !== undefined) return { answer, ms };
    if (ms > withinMs) return undefined;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Like `waitFor`, where nothing else can be seen without it. */
export async function need(what, ask, withinMs) {
  const found = await waitFor(ask, withinMs);
  if (!found) throw new Error(`waited ${withinMs / 1000} s in vain for ${what}`);
  return found.answer;
}

/** How an attempt was refused, as the report words it. */
export async function refusal(attempt) {
  try {
    await attempt();
    return 'taken';
  } catch (error) {
    if (error.code > 9999) return `error ${error.code}`;
    if (error.status) return `HTTP ${error.status}`;
    throw error;
  }
}
