// The key in Flex's configuration that holds the domain of the Functions. Features of the flex-project-template use it too: moving
// it would send all of them to Functions that are not theirs.

import { calledInstead, otherEnvironments, ownDomains } from './functions.mjs';
import { NotReady } from './outcome.mjs';

const OWN_FEATURE = 'park_interaction';

/**
 * Returns why the domain must not be moved, or `undefined`.
 *
 * @typedef {{ serverless_functions_domain?: string, features?: Record<string, { enabled?: boolean }> }} CustomData
 * @param {CustomData | undefined} customData the account's `ui_attributes.custom_data`
 * @param {string[]} own domains of our Functions, in all environments
 */
export function whyNotMove(customData, own) {
  const current = customData?.serverless_functions_domain;
  if (!current || own.includes(current)) return undefined;
  const others = Object.entries(customData?.features ?? {})
    .filter(([name, settings]) => name !== OWN_FEATURE && settings?.enabled !== false)
    .map(([name]) => name);
  if (others.length === 0) return undefined;
  return (
    `Other features look for their Functions at ${current}, by the same key of Flex's configuration: ${others.join(', ')}.\n` +
    '  Deploy our Functions into that service, by hand (docs/install.md#by-hand), or add --move-domain if none of those features needs its Functions.'
  );
}

/**
 * The step of a deployment that refuses to take the domain from other features.
 *
 * @param {Pick<import('./command.mjs').Command, 'client' | 'environment'>} command
 * @param {boolean} mayMove
 */
export async function checkDomain({ client, environment }, mayMove) {
  if (mayMove) return 'may be moved, as you said';
  const { uiAttributes } = await client.flexApi.v1.configuration().fetch();
  /** @type {CustomData | undefined} */
  const customData = uiAttributes?.custom_data;
  const problem = whyNotMove(customData, await ownDomains(client));
  if (problem) throw new NotReady(problem);
  const others = await otherEnvironments(client, environment);
  const live = calledInstead(others, customData?.serverless_functions_domain);
  if (live) return `Flex calls the Functions of ${live.name}: from now on, it calls those of ${environment}`;
  return 'no other feature goes by it, or it is ours';
}
