// Whether the flex-project-template is in the account: its feature park-interaction follows the same flag as this product.

import { orUndefined } from './lookup.mjs';

/** The template's plugin, unless its owner has renamed it. */
const PLUGIN = 'plugin-flex-ts-template-v2';
/** A function that both have, and one that the template has not. */
const PARK = '/features/park-interaction/flex/park-interaction';
const OURS_ALONE = '/features/park-interaction/flex/settle-interaction';

/** Answers `{ plugin, domain }`: the template's plugin, if it is active, and where its function that parks is, if it is there. */
export async function readTemplate(client, functionsDomain) {
  const [plugin, domain] = await Promise.all([activePlugin(client), domainWithFeature(client, functionsDomain)]);
  return { plugin, domain };
}

async function activePlugin(client) {
  const { pluginReleases, pluginConfigurations } = client.flexApi.v1;
  const release = await orUndefined(pluginReleases('active').fetch());
  const active = release ? await pluginConfigurations(release.configurationSid).plugins.list() : [];
  return active.map(({ uniqueName }) => uniqueName).find((name) => name === PLUGIN);
}

/** The template's features look for their Functions where Flex's configuration says. */
async function domainWithFeature(client, domain) {
  if (!domain) return undefined;
  const { services } = client.serverless.v1;
  for (const { sid, uniqueName } of await services.list()) {
    // A domain begins with the name of its service.
    if (!domain.startsWith(`${uniqueName}-`)) continue;
    const environments = await services(sid).environments.list();
    const { buildSid } = environments.find(({ domainName }) => domainName === domain) ?? {};
    const build = buildSid && (await orUndefined(services(sid).builds(buildSid).fetch()));
    const paths = (build?.functionVersions ?? []).map(({ path }) => path);
    if (paths.includes(PARK) && !paths.includes(OURS_ALONE)) return domain;
  }
  return undefined;
}
