// Looking for the flex-project-template in the account: its feature park-interaction follows the same flag as this product.

import { orUndefined } from './lookup.mjs';

/** The template's plugin, unless its owner has renamed it. */
const PLUGIN = 'plugin-flex-ts-template-v2';
/** A Function that both have, and one that the template does not have. */
const PARK = '/features/park-interaction/flex/park-interaction';
const OURS_ALONE = '/features/park-interaction/flex/settle-interaction';

/**
 * The template's plugin, if it is active, and the domain of its Function that parks, if it is there.
 *
 * @typedef {{ plugin?: string, domain?: string }} Template
 */

/** @typedef {import('./transport.mjs').Client} Client */

/**
 * Looks for the template.
 *
 * @param {Client} client
 * @param {string | undefined} functionsDomain
 * @returns {Promise<Template>}
 */
export async function readTemplate(client, functionsDomain) {
  const [plugin, domain] = await Promise.all([activePlugin(client), domainWithFeature(client, functionsDomain)]);
  return { plugin, domain };
}

/** @param {Client} client */
async function activePlugin(client) {
  const { pluginReleases, pluginConfigurations } = client.flexApi.v1;
  const release = await orUndefined(pluginReleases('active').fetch());
  const active = release ? await pluginConfigurations(release.configurationSid).plugins.list() : [];
  return active.map(({ uniqueName }) => uniqueName).find((name) => name === PLUGIN);
}

/**
 * Returns the domain if it is that of the template. The template's features use the domain of Flex's configuration.
 *
 * @param {Client} client
 * @param {string | undefined} domain
 */
async function domainWithFeature(client, domain) {
  if (!domain) return undefined;
  const { services } = client.serverless.v1;
  for (const { sid, uniqueName } of await services.list()) {
    // A domain begins with the name of its service.
    if (!domain.startsWith(`${uniqueName}-`)) continue;
    const environments = await services(sid).environments.list();
    const { buildSid } = environments.find(({ domainName }) => domainName === domain) ?? {};
    const build = buildSid && (await orUndefined(services(sid).builds(buildSid).fetch()));
    /** @type {{ path: string }[]} the client leaves them untyped */
    const versions = (build && build.functionVersions) || [];
    const paths = versions.map(({ path }) => path);
    if (paths.includes(PARK) && !paths.includes(OURS_ALONE)) return domain;
  }
  return undefined;
}
