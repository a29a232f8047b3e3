// The Functions: one Serverless service, one environment of it for each name.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import {
  api,
  fsHelpers,
  getDependencies,
  getOrCreateFunctionResources,
  setEnvironmentVariables,
  uploadFunction,
} from '@twilio-labs/serverless-api';

import { inRoot } from '../scripts/lib/paths.mjs';
import { orUndefined } from './lookup.mjs';
import { makeBuild } from './build.mjs';
import { variables } from './variables.mjs';

const HOME = inRoot('functions');
/** A private asset whose path says what is deployed. So it changes together with what is deployed, and can be read back. */
const MARK = '/features/park-interaction/deployed/';
const MARK_NAME = 'park-interaction-deployed';

/** The settings that `functions/.twilioserverlessrc` holds for Twilio's own tools too. */
const { serviceName, runtime } = JSON.parse(readFileSync(join(HOME, '.twilioserverlessrc'), 'utf8')).commands.deploy;

/** The step of a deployment. */
export async function deployFunctions(state) {
  const project = await readProject();
  state.functionPaths = project.functions.map(({ path }) => path);
  const place = (await findFunctions(state)) ?? (await makePlace(state));
  const { serviceSid, environmentSid } = place;
  state.domain = place.domain;
  if (place.paths.includes(project.mark.path)) {
    await setVariables(state, place);
    return `up to date at ${state.domain}`;
  }
  const { functionVersions, assetVersions } = await state.toolkit.doing(() => upload(state, serviceSid, project));
  const dependencies = getDependencies(project.pkgJson);
  const buildSid = await makeBuild(state, serviceSid, { functionVersions, assetVersions, dependencies, runtime });
  await setVariables(state, place);
  await state.client.serverless.v1.services(serviceSid).environments(environmentSid).deployments.create({ buildSid });
  return `deployed at ${state.domain}`;
}

/** Uploads every file, and answers the SIDs of the new versions. */
async function upload({ toolkit, print }, serviceSid, { functions, assets, mark }) {
  print(`  uploading ${functions.length} Functions and ${assets.length} asset`);
  const functionResources = await getOrCreateFunctionResources(functions, serviceSid, toolkit);
  const assetResources = await api.getOrCreateAssetResources([...assets, mark], serviceSid, toolkit);
  const all = (resources, send) =>
    Promise.all(resources.map((resource) => send(resource, serviceSid, toolkit, toolkit.config)));
  return {
    functionVersions: await all(functionResources, uploadFunction),
    assetVersions: await all(assetResources, api.uploadAsset),
  };
}

/** The step of an undeployment that takes them away; the service too when this was its last environment. */
export async function removeFunctions(state) {
  const found = await findFunctions(state);
  if (!found) return 'are not there';
  const service = state.client.serverless.v1.services(found.serviceSid);
  await service.environments(found.environmentSid).remove();
  if (found.environments > 1) return `environment ${state.environment} removed, ${found.environments - 1} other left`;
  await service.remove();
  return 'removed';
}

/** What is deployed in the environment, or `undefined`. */
export async function findFunctions({ client, environment }) {
  const service = await findService(client);
  const environments = service ? await client.serverless.v1.services(service.sid).environments.list() : [];
  const found = environments.find(({ domainSuffix }) => domainSuffix === environment);
  if (!found) return undefined;
  const builds = client.serverless.v1.services(service.sid).builds;
  const build = found.buildSid && (await orUndefined(builds(found.buildSid).fetch()));
  const files = build ? [...build.assetVersions, ...build.functionVersions] : [];
  return { ...placeOf(found), environments: environments.length, paths: files.map(({ path }) => path) };
}

/** Where our Functions are, in all environments. */
export async function ownDomains(client) {
  const service = await findService(client);
  const environments = service ? await client.serverless.v1.services(service.sid).environments.list() : [];
  return environments.map(({ domainName }) => domainName);
}

/** Makes what is missing of the service and its environment, named as the toolkit names them. */
async function makePlace({ client, environment }) {
  const known = await findService(client);
  const service =
    known ??
    (await client.serverless.v1.services.create({
      uniqueName: serviceName,
      friendlyName: serviceName,
      includeCredentials: true,
      uiEditable: false,
    }));
  const uniqueName = `${environment}-environment`;
  const { environments } = client.serverless.v1.services(service.sid);
  const made = await environments.create({ uniqueName, domainSuffix: environment });
  return { ...placeOf(made), serviceSid: service.sid, paths: [] };
}

async function findService(client) {
  const services = await client.serverless.v1.services.list();
  return services.find(({ uniqueName }) => uniqueName === serviceName);
}

const placeOf = ({ serviceSid, sid, domainName }) => ({ serviceSid, environmentSid: sid, domain: domainName });

/** Everything to upload, and the mark of exactly that. */
async function readProject() {
  const pkgJson = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8'));
  const { functions, assets } = await fsHelpers.getListOfFunctionsAndAssets(HOME);
  if (!assets.some(({ path }) => path.endsWith('/core.js'))) {
    throw new Error('functions/assets has no core: the build before this step makes it.');
  }
  const hash = createHash('sha256').update(JSON.stringify([runtime, pkgJson.dependencies]));
  for (const { path, access, content } of [...functions, ...assets].sort(byPath)) {
    hash.update(`${path}\0${access}\0`).update(content).update('\0');
  }
  const path = `${MARK}${hash.digest('hex')}.txt`;
  const mark = { name: MARK_NAME, path, access: 'private', content: path, filePath: 'deployed.txt' };
  return { pkgJson, functions, assets, mark };
}

async function setVariables({ toolkit, env, workspaceSid, syncSid }, { serviceSid, environmentSid }) {
  const names = Object.keys(parseEnv(readFileSync(join(HOME, '.env.example'), 'utf8')));
  const found = { TWILIO_FLEX_WORKSPACE_SID: workspaceSid, TWILIO_FLEX_SYNC_SID: syncSid };
  const { set, unset } = variables(names, found, env);
  await setEnvironmentVariables(set, environmentSid, serviceSid, toolkit);
  await api.removeEnvironmentVariables(unset, environmentSid, serviceSid, toolkit);
}

const byPath = (a, b) => (a.path < b.path ? -1 : 1);
