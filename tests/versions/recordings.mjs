// The recordings: what crossed the wire while a version played the stories, and what it left at Twilio. In their texts `{{name}}` stands for
// a SID or the Functions' domain, and `{{ms N}}`, `{{s N}}` or `{{at N}}` for the time N minutes after the beginning, in milliseconds or
// seconds since 1970 or as ISO 8601; `{{#…}}` is a number.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { format } from 'prettier';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { act, operate, parkedState } from './play.mjs';
import { CUSTOMER, STORIES } from './stories.mjs';

/** @typedef {import('../functions/support.mjs').Desk} Desk */

/**
 * A step as it was recorded. `shown` names the notifications.
 *
 * @typedef {object} RecordedStep
 * @property {'writes' | 'accepts'} [does]
 * @property {string} [operation]
 * @property {string} [agent]
 * @property {import('./core.mjs').Exchange[]} [exchanges]
 * @property {string[]} [shown]
 * @property {any} [leaves] any: JSON
 */

/** @typedef {{ flags?: object, steps: RecordedStep[] }} Recording */

const FOLDER = inRoot('tests', 'recorded', 'versions');

const MINUTE = 60_000;
/** Times within this distance from the beginning are replaced: a year. */
const NEAR_MS = 365 * 24 * 60 * MINUTE;

/** Returns the recorded versions, the oldest first. */
export function versions() {
  return readdirSync(FOLDER).sort(compare);
}

/**
 * Compares versions without a pre-release.
 *
 * @param {string} one
 * @param {string} other
 */
export function compare(one, other) {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/**
 * Returns the recordings of a version, by the names of the stories.
 *
 * @param {string} version
 * @returns {Record<string, Recording>}
 */
export function recordings(version) {
  const files = readdirSync(join(FOLDER, version));
  return Object.fromEntries(
    files.map((file) => [file.replace(/\.json$/, ''), JSON.parse(readFileSync(join(FOLDER, version, file), 'utf8'))]),
  );
}

/**
 * Writes the recordings of a version in place of those that are there.
 *
 * @param {string} version
 * @param {Record<string, Recording>} recorded
 */
export async function write(version, recorded) {
  const folder = join(FOLDER, version);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, recording] of Object.entries(recorded)) {
    writeFileSync(join(folder, `${name}.json`), await format(JSON.stringify(recording), { parser: 'json' }));
  }
}

/**
 * Records a story of today's code.
 *
 * @param {Desk} desk newly begun
 * @param {import('./core.mjs').Core} core
 * @param {string} name
 * @returns {Promise<Recording>}
 */
export async function record(desk, core, name) {
  const { flags, steps } = STORIES[name];
  core.start(flags ?? {});
  const began = Date.now();
  /** @type {Record<string, string>} */
  const names = {};
  /** @type {RecordedStep[]} */
  const recorded = [];
  for (const step of steps) {
    const { does, agent, operation } = step;
    if (does) {
      await act(desk, step);
      recorded.push({ does, agent });
      continue;
    }
    // Before the step too: a park takes the agent out.
    Object.assign(names, await namesOf(desk));
    const { outcome, exchanges } = await operate(desk, core, step);
    const shown = (outcome?.effects ?? []).flatMap((/** @type {{ id?: string }} */ { id }) => id ?? []);
    const leaves = step.leaves ? await parkedState(desk) : undefined;
    const all = { operation, agent, exchanges, shown, leaves };
    recorded.push(emptied(all, Object.assign(names, await namesOf(desk)), began));
  }
  // As it stands in the file: without what is undefined.
  return JSON.parse(JSON.stringify({ flags, steps: recorded }));
}

/**
 * Returns the names of the SIDs of the conversation and of those around it, by SID.
 *
 * @param {Desk} desk
 * @returns {Promise<Record<string, string>>}
 */
export async function namesOf(desk) {
  const { facts } = desk;
  const { conversationSid, interactionSid, channelSid } = desk.customer(CUSTOMER);
  const { agents, openTasks, conversation, world } = await desk.state(CUSTOMER);
  /** @type {[string | undefined, string][]} */
  const names = [
    [facts.functionsDomain, 'domain'],
    [facts.workflowSid, 'workflow'],
    ...Object.entries(facts.queues).map(([name, sid]) => /** @type {[string, string]} */ ([sid, `queue${name}`])),
    ...facts.agents.map(({ identity, workerSid }) => /** @type {[string, string]} */ ([workerSid, identity])),
    [conversationSid, 'conversation'],
    [interactionSid, 'interaction'],
    [channelSid, 'channel'],
    [agents[0]?.sid, 'participant'],
    [openTasks[0]?.sid, 'task'],
    [openTasks[0]?.attributes.flexChannelInviteSid, 'invite'],
    [conversation.webhooks[0]?.sid, 'webhook'],
    ...world.maps.map(({ sid, unique_name: name }) => /** @type {[string, string]} */ ([sid, mapName(name ?? '')])),
  ];
  /** @param {string} name */
  function mapName(name) {
    const [kind, owner] = name.split('_');
    return `${kind}${facts.agents.find(({ workerSid }) => workerSid === owner)?.identity ?? ''}`;
  }
  return Object.fromEntries(names.filter(([sid]) => sid));
}

/**
 * Replaces names and times in all texts and numbers of a JSON value.
 *
 * @param {any} value any: of any shape
 * @param {Record<string, string>} names by SID
 * @param {number} began
 * @returns {any}
 */
export function emptied(value, names, began) {
  if (typeof value === 'string') return emptiedText(value, names, began);
  if (typeof value === 'number') {
    const text = emptiedText(String(value), names, began);
    return text === String(value) ? value : text.replace('{{', '{{#');
  }
  return mapped(value, (part) => emptied(part, names, began));
}

/**
 * @param {string} text
 * @param {Record<string, string>} names
 * @param {number} began
 */
function emptiedText(text, names, began) {
  /** @type {(kind: string, found: string, at: number) => string} */
  const time = (kind, found, at) =>
    Math.abs(at - began) < NEAR_MS ? `{{${kind} ${Math.round((at - began) / MINUTE)}}}` : found;
  const known = Object.entries(names).reduce((rest, [sid, name]) => rest.replaceAll(sid, `{{${name}}}`), text);
  return known
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (found) => time('at', found, Date.parse(found)))
    .replace(/\b\d{13}\b/g, (found) => time('ms', found, Number(found)))
    .replace(/\b\d{10}\b/g, (found) => time('s', found, Number(found) * 1_000));
}

/**
 * Fills names and times into a recorded value.
 *
 * @param {any} value any: of any shape
 * @param {Record<string, string>} sids by name
 * @param {number} began
 * @returns {any}
 */
export function filled(value, sids, began) {
  if (typeof value !== 'string') return mapped(value, (part) => filled(part, sids, began));
  const whole = /^\{\{#(.*)\}\}$/.exec(value);
  if (whole) return Number(filled(`{{${whole[1]}}}`, sids, began));
  return value.replace(/\{\{(\w+)(?: (-?\d+))?\}\}/g, (_, name, minutes) => {
    const at = began + Number(minutes) * MINUTE;
    if (minutes !== undefined)
      return name === 'at' ? new Date(at).toISOString() : String(name === 's' ? Math.floor(at / 1_000) : at);
    if (!sids[name]) throw new Error(`nothing is known of ${name}`);
    return sids[name];
  });
}

/**
 * @param {any} value
 * @param {(part: any) => any} change
 */
function mapped(value, change) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(change);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, change(part)]));
}
