// The Functions: one Serverless service, one environment of it for each name.

import { createHash, randomBytes } from 'node:crypto';
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

import { didYouMean } from '../scripts/lib/command-line.mjs';
import { counted } from '../scripts/lib/counts.mjs';
import { inRoot } from '../scripts/lib/paths.mjs';
import { SOURCES, chosenSources, keptAs, keptSources } from './event-sources.mjs';
import { orUndefined } from './lookup.mjs';
import { makeBuild } from './build.mjs';
import { isMark, markPath } from './mark.mjs';
import { NotReady } from './outcome.mjs';
import { functionPaths } from './paths.mjs';
import { bundleSha } from './plugin.mjs';
import { variables } from './variables.mjs';

const HOME = inRoot('functions');
const MARK_NAME = 'park-interaction-deployed';
/** The Functions' variable with the key by which they know requests of Event Streams. It is made once and kept. */
export const EVENTS_KEY = 'PARK_INTERACTION_EVENTS_KEY';
const KEY_BYTES = 32;
/** A key stands in a URL as it is. */
const KEY = /^[0-9A-Za-z_-]{32,128}$/;

/**
 * @typedef {import('./command.mjs').Command} Command
 * @typedef {import('./transport.mjs').Client} Client
 * @typedef {{ workspaceSid: string, syncSid: string }} Sids
 */

/**
 * An environment of the service.
 *
 * @typedef {{ serviceSid: string, environmentSid: string, domain: string }} Place
 */

/** The settings that `functions/.twilioserverlessrc` holds for Twilio's own tools too. */
const { serviceName, runtime } = JSON.parse(readFileSync(join(HOME, '.twilioserverlessrc'), 'utf8')).commands.deploy;

/**
 * The step of a deployment that uploads, builds and runs the Functions. `paths` are those of the Functions; `sources` are the ways in which
 * they are to hear of events.
 *
 * @param {Pick<Command, 'client' | 'toolkit' | 'env' | 'secrets' | 'environment' | 'options' | 'print'>} command
 * @param {Sids} sids
 */
export async function deployFunctions(command, sids) {
  const { client, toolkit, env } = command;
  const project = await readProject();
  const paths = project.functions.map(({ path }) => path);
  const place = (await findFunctions(command)) ?? (await makePlace(command));
  const { serviceSid, environmentSid, domain } = place;
  const before = await readVariables(client, place);
  const eventsKey = keyFor(command, before[EVENTS_KEY]);
  const sources = chosenSources(command.options, keptSources(before[SOURCES]));
  const { set, unset } = wantedVariables(env, sids);
  const values = { set: { ...set, [EVENTS_KEY]: eventsKey, [SOURCES]: keptAs(sources) }, unset };
  if (place.paths.includes(project.mark.path)) {
    await setVariables(toolkit, values, place);
    return { line: `up to date at ${domain}`, domain, paths, eventsKey, sources };
  }
  const { functionVersions, assetVersions } = await toolkit.doing(() => upload(command, serviceSid, project));
  const dependencies = getDependencies(project.pkgJson);
  const buildSid = await makeBuild(command, serviceSid, { functionVersions, assetVersions, dependencies, runtime });
  await setVariables(toolkit, values, place);
  await client.serverless.v1.services(serviceSid).environments(environmentSid).deployments.create({ buildSid });
  return { line: `deployed at ${domain}`, domain, paths, eventsKey, sources };
}

/**
 * Uploads every file. Returns the SIDs of the new versions.
 *
 * @param {Pick<Command, 'toolkit' | 'print'>} command
 * @param {string} serviceSid
 * @param {Awaited<ReturnType<typeof readProject>>} project
 */
async function upload({ toolkit, print }, serviceSid, { functions, assets, mark }) {
  print(`  uploading ${functions.length} Functions and ${counted(assets.length, 'asset')}`);
  const functionResources = await getOrCreateFunctionResources(functions, serviceSid, toolkit);
  const assetResources = await api.getOrCreateAssetResources([...assets, mark], serviceSid, toolkit);
  const { settings } = toolkit;
  return {
    functionVersions: await Promise.all(
      functionResources.map((resource) => uploadFunction(resource, serviceSid, toolkit, settings)),
    ),
    assetVersions: await Promise.all(
      assetResources.map((resource) => api.uploadAsset(resource, serviceSid, toolkit, settings)),
    ),
  };
}

/**
 * The step of an undeployment that removes the environment of the Functions; the service too when this was its last one.
 *
 * @param {Pick<Command, 'client' | 'environment'>} command
 */
export async function removeFunctions({ client, environment }) {
  const found = await findFunctions({ client, environment });
  if (!found) return (await removeEmpty(client)) ? 'removed the empty service' : 'are not there';
  const service = client.serverless.v1.services(found.serviceSid);
  await service.environments(found.environmentSid).remove();
  if (found.environments > 1) return `environment ${environment} removed, ${found.environments - 1} other left`;
  await service.remove();
  return 'removed';
}

/**
 * Removes a service that has no environment: a removal broke off before it was removed too.
 *
 * @param {Client} client
 */
async function removeEmpty(client) {
  const service = await emptyService(client);
  if (!service) return false;
  await client.serverless.v1.services(service.sid).remove();
  return true;
}

/**
 * Returns our service, if it is there without any environment.
 *
 * @param {Client} client
 */
export async function emptyService(client) {
  const service = await findService(client);
  return service && (await environmentsOf(client, service)).length === 0 ? service : undefined;
}

/**
 * The step of an undeployment that deploys the running build once more without the Function that parks. Desktops keep the plugin until they
 * are reloaded, so without this an agent could park while the Functions are being removed. The build has no mark: a deployment replaces
 * it. `closedAt` is undefined where no Function that parks was running.
 *
 * @param {Pick<Command, 'client' | 'toolkit' | 'environment' | 'print'>} command
 * @returns {Promise<{ line: string, closedAt?: number }>}
 */
export async function closeParking(command) {
  const found = await findFunctions(command);
  if (!found?.build) return { line: 'there is none' };
  const { serviceSid, environmentSid, build } = found;
  const { park } = functionPaths();
  /** @param {{ sid: string, path: string }[]} versions the client leaves them untyped */
  const kept = (versions) => versions.filter(({ path }) => path !== park && !isMark(path)).map(({ sid }) => sid);
  if (!found.paths.includes(park)) return { line: 'is gone already' };
  const buildSid = await makeBuild(command, serviceSid, {
    functionVersions: kept(build.functionVersions),
    assetVersions: kept(build.assetVersions),
    dependencies: build.dependencies,
    runtime: build.runtime,
  });
  const environment = command.client.serverless.v1.services(serviceSid).environments(environmentSid);
  await environment.deployments.create({ buildSid });
  return { line: 'is gone: nobody can park, and what is parked still wakes', closedAt: Date.now() };
}

/**
 * Finds what is deployed in the environment: its place, the number of environments, its build, and the paths of its files. `undefined`
 * where there is nothing.
 *
 * @param {Pick<Command, 'client' | 'environment'>} command
 */
export async function findFunctions({ client, environment }) {
  const service = await findService(client);
  if (!service) return undefined;
  const environments = await environmentsOf(client, service);
  const found = environments.find(({ domainSuffix }) => domainSuffix === environment);
  if (!found) return undefined;
  const builds = client.serverless.v1.services(service.sid).builds;
  const build = found.buildSid && (await orUndefined(builds(found.buildSid).fetch()));
  /** @type {{ path: string }[]} the client leaves them untyped */
  const files = build ? [...build.assetVersions, ...build.functionVersions] : [];
  return {
    ...placeOf(found),
    ...{ environments: environments.length, build: build || undefined, paths: files.map(({ path }) => path) },
  };
}

/**
 * An environment of our Functions, with the name that commands take.
 *
 * @typedef {{ name: string, domain: string }} Environment
 */

/**
 * Returns all environments of our Functions.
 *
 * @param {Client} client
 * @returns {Promise<Environment[]>}
 */
export async function ownEnvironments(client) {
  const service = await findService(client);
  const environments = service ? await environmentsOf(client, service) : [];
  return environments.map(({ domainSuffix, domainName }) => ({ name: domainSuffix, domain: domainName }));
}

/**
 * Says that an environment has no Functions, and which ones have some: with those, a name that has none is most likely a wrong one, and a
 * deployment to it would let Flex call it.
 *
 * @param {string} environment
 * @param {Environment[]} others those that have some
 */
export function noFunctions(environment, others) {
  const none = `There are no Functions for ${environment}.`;
  if (others.length === 0) return none;
  const names = others.map(({ name }) => name);
  return `${none}${didYouMean(environment, names)} There are some for ${names.join(', ')}.`;
}

/**
 * Returns the environments of our Functions, but for one.
 *
 * @param {Client} client
 * @param {string} environment
 */
export const otherEnvironments = async (client, environment) =>
  (await ownEnvironments(client)).filter(({ name }) => name !== environment);

/**
 * Returns the domains of our Functions, in all environments.
 *
 * @param {Client} client
 */
export const ownDomains = async (client) => (await ownEnvironments(client)).map(({ domain }) => domain);

/**
 * Returns the domains of all Functions of the account, whosever they are.
 *
 * @param {Client} client
 */
export async function allDomains(client) {
  const services = await client.serverless.v1.services.list();
  const all = await Promise.all(services.map((service) => environmentsOf(client, service)));
  return all.flat().map(({ domainName }) => domainName);
}

/**
 * Returns the environment whose Functions Flex calls, if that is another one of ours. It has the flags, the plugin and TaskRouter's events:
 * an account has one of each.
 *
 * @param {Environment[]} others
 * @param {string | undefined} called the domain in Flex's configuration
 */
export const calledInstead = (others, called) => others.find(({ domain }) => domain === called);

/**
 * Creates the environment, and the service if it is missing, named as the toolkit names them.
 *
 * @param {Pick<Command, 'client' | 'environment'>} command
 * @returns {Promise<Place & { paths: string[] }>}
 */
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

/** Returns the path of the mark of this clone's files: deployed Functions with it are these. */
export const ownMark = async () => (await readProject()).mark.path;

/** @param {Client} client */
async function findService(client) {
  const services = await client.serverless.v1.services.list();
  return services.find(({ uniqueName }) => uniqueName === serviceName);
}

/**
 * @param {Client} client
 * @param {{ sid: string }} service
 */
const environmentsOf = (client, { sid }) => client.serverless.v1.services(sid).environments.list();

/**
 * @param {{ serviceSid: string, sid: string, domainName: string }} environment
 * @returns {Place}
 */
const placeOf = ({ serviceSid, sid, domainName }) => ({ serviceSid, environmentSid: sid, domain: domainName });

/** Reads everything to upload, and makes the mark of exactly that. */
async function readProject() {
  const pkgJson = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8'));
  const { functions, assets } = await fsHelpers.getListOfFunctionsAndAssets(HOME);
  for (const name of ['core', 'parts']) {
    if (!assets.some(({ path }) => path.endsWith(`/${name}.js`))) {
      throw new Error(`functions/assets has no ${name}.private.js: the build before this step makes it.`);
    }
  }
  const bundle = bundleSha();
  if (bundle === undefined) throw new Error("the plugin's bundle is not built: the build before this step makes it.");
  const hash = createHash('sha256').update(JSON.stringify([runtime, pkgJson.dependencies]));
  for (const { path, access, content } of [...functions, ...assets].sort(byPath)) {
    hash.update(`${path}\0${access}\0`).update(content).update('\0');
  }
  const path = markPath({ version: pkgJson.version, bundle, files: hash.digest('hex') });
  /** @type {import('@twilio-labs/serverless-api').ServerlessResourceConfigWithFilePath} */
  const mark = { name: MARK_NAME, path, access: 'private', content: path, filePath: 'deployed.txt' };
  return { pkgJson, functions, assets, mark };
}

/**
 * Returns the values of the Functions' variables.
 *
 * @param {Client} client
 * @param {Pick<Place, 'serviceSid' | 'environmentSid'>} place
 * @returns {Promise<Record<string, string>>}
 */
export async function readVariables(client, { serviceSid, environmentSid }) {
  const service = client.serverless.v1.services(serviceSid);
  const all = await service.environments(environmentSid).variables.list();
  return Object.fromEntries(all.map(({ key, value }) => [key, value]));
}

/**
 * Returns the key of Event Streams: the one that the owner has set, that of the earlier deployment, or a new one.
 *
 * @param {Pick<Command, 'env' | 'secrets'>} command
 * @param {string} [known]
 */
function keyFor({ env, secrets }, known = '') {
  const given = env[EVENTS_KEY] || undefined;
  if (given !== undefined && !KEY.test(given)) {
    throw new NotReady(
      `${EVENTS_KEY} is malformed: expected 32 to 128 letters, digits, - and _, or nothing, then a key is made.`,
    );
  }
  const key = given ?? (KEY.test(known) ? known : randomBytes(KEY_BYTES).toString('hex'));
  secrets.push(key);
  return key;
}

/**
 * Returns the variables that a deployment sets, beside those for events.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {Sids} sids
 */
export function wantedVariables(env, { workspaceSid, syncSid }) {
  const named = Object.keys(parseEnv(readFileSync(join(HOME, '.env.example'), 'utf8')));
  const names = named.filter((name) => name !== EVENTS_KEY);
  return variables(names, { TWILIO_FLEX_WORKSPACE_SID: workspaceSid, TWILIO_FLEX_SYNC_SID: syncSid }, env);
}

/**
 * @param {import('./transport.mjs').Toolkit} toolkit
 * @param {{ set: Record<string, string>, unset: string[] }} values
 * @param {Place} place
 */
async function setVariables(toolkit, { set, unset }, { serviceSid, environmentSid }) {
  await setEnvironmentVariables(set, environmentSid, serviceSid, toolkit);
  await api.removeEnvironmentVariables(unset, environmentSid, serviceSid, toolkit);
}

/**
 * @param {{ path: string }} a
 * @param {{ path: string }} b
 */
const byPath = (a, b) => (a.path < b.path ? -1 : 1);
