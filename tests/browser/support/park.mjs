// Parks as a test sets them up, and as the plugin requests them.

import { expect } from '@playwright/test';

/** @typedef {import('./test.mjs').Sim} Sim */

/**
 * Returns a configuration with these flags.
 *
 * @param {object} flags
 */
export const withFlags = (flags) => ({
  uiAttributes: { custom_data: { features: { park_interaction: flags } } },
});

/**
 * Returns the fields of each park that the plugin has requested.
 *
 * @param {Sim} sim
 */
export async function requested(sim) {
  /** @type {{ requests: { path: string, method: string, form: [name: string, value: string][] }[] }} */
  const { requests } = await sim.journal();
  return requests
    .filter(({ path, method }) => path.endsWith('/flex/park-interaction') && method === 'POST')
    .map(({ form }) => Object.fromEntries(form))
    .filter(({ prepare }) => !prepare);
}

/**
 * Waits for the only park. Returns its fields.
 *
 * @param {Sim} sim
 */
export async function onlyRequest(sim) {
  await expect.poll(async () => (await requested(sim)).length).toBe(1);
  const [request] = await requested(sim);
  return request;
}
