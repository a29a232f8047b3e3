// The operations of the Functions, and the sequences of the existing implementation beside them in the same twilio-run.

import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { inRoot } from '../scripts/lib/paths.mjs';
import { templateState } from '../tests/functions/recorded.mjs';
import { openDesk, PARK, RESUME, WAKE } from '../tests/functions/support.mjs';
import { median, rounds } from './rounds.mjs';
import { within } from './within.mjs';

/**
 * One measured run. `roundsUntilInvite` is undefined where there was no invite.
 *
 * @typedef {object} Measured
 * @property {number} ms
 * @property {number} calls
 * @property {number} rounds round trips
 * @property {number} [roundsUntilInvite]
 * @property {number} connections TLS connections that were opened
 */

/**
 * The medians of runs: NaN where a run lacks a value.
 *
 * @typedef {Required<Measured>} Summary
 */

/**
 * Does a prepared run, with a latency of each REST call in milliseconds.
 *
 * @typedef {(latency: number) => Promise<Measured>} Run
 */

/** Longer than a claim lasts. */
const LATER_MS = 60_000;

/** Makes a copy of `functions/` with the baseline's functions too. Returns its folder. */
export function functionsWithBaseline() {
  const folder = mkdtempSync(join(tmpdir(), 'park-interaction-bench-'));
  for (const part of ['functions', 'assets', 'package.json']) {
    cpSync(inRoot('functions', part), join(folder, part), { recursive: true });
  }
  cpSync(inRoot('bench', 'baseline'), join(folder, 'functions', 'bench'), { recursive: true });
  symlinkSync(inRoot('functions', 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/**
 * Yields what `measure` yields for a desk with the Functions.
 *
 * @typedef {import('../tests/functions/support.mjs').Desk} Desk
 * @typedef {import('./report.mjs').Figure} Figure
 * @param {(desk: Desk) => AsyncGenerator<Figure>} measure
 */
export async function* withDesk(measure) {
  const folder = functionsWithBaseline();
  try {
    const desk = await openDesk({ functionsFolder: folder });
    try {
      yield* measure(desk);
    } finally {
      await desk.stop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The operations on a customer's conversation as it is. Each method prepares one run, and returns the function that does it.
 */
export class Operations {
  #desk;
  #customer;
  /**
   * The connections that are known.
   *
   * @type {Set<number>}
   */
  #connections = new Set();

  /**
   * @param {Desk} desk
   * @param {string} customer
   */
  constructor(desk, customer) {
    this.#desk = desk;
    this.#customer = customer;
  }

  /**
   * @param {boolean} showList
   * @returns {Promise<Run>}
   */
  async park(showList) {
    const fields = await this.#desk.parkFields(this.#customer, { showList });
    return (latency) => this.#measure(latency, PARK, fields, 'parked');
  }

  /** @returns {Promise<Run>} */
  async wake() {
    const { conversationSid } = this.#desk.customer(this.#customer);
    const { conversation } = await this.#desk.state(this.#customer);
    const {
      author,
      participant_sid: ParticipantSid,
      index,
    } = conversation.messages.findLast(
      (/** @type {Record<string, string>} */ { participant_sid: sid, author: name }) => sid && name !== 'ada',
    );
    // The first waiting customer of an account makes these maps.
    for (const number of [0, 1, 2, 3])
      await this.#desk.control('POST', `maps/ParkInteractionWaiting_${number}/items`, {});
    await this.passLater();
    const message = { EventType: 'onMessageAdded', ConversationSid: conversationSid, Author: author, ParticipantSid };
    // A new message, at the address that Twilio calls.
    const Index = Math.max(index, conversation.messages.at(-1).index) + 1;
    const { search } = new URL(conversation.webhooks[0].configuration.url);
    return (latency) => this.#measure(latency, `${WAKE}${search}`, { ...message, Index }, 'routed');
  }

  /** @returns {Promise<Run>} */
  async resume() {
    const { conversationSid, interactionSid, channelSid } = this.#desk.customer(this.#customer);
    await this.passLater();
    const fields = { Token: this.#desk.agent('ada').token, conversationSid, interactionSid, channelSid };
    return (latency) => this.#measure(latency, RESUME, fields, 'routed');
  }

  /**
   * @param {boolean} showList
   * @returns {Promise<Run>}
   */
  async parkAsBaseline(showList) {
    const fields = { ...(await templateState(this.#desk, this.#customer)), showList };
    return (latency) => this.#measure(latency, '/bench/park', fields);
  }

  /**
   * Resumes for `agent`; without one the customer has written.
   *
   * @param {string} [agent]
   * @returns {Promise<Run>}
   */
  async unparkAsBaseline(agent) {
    const { conversation } = await this.#desk.state(this.#customer);
    const fields = {
      ConversationSid: conversation.sid,
      WebhookSid: conversation.webhooks[0].sid,
      ...(agent && { workerSid: this.#desk.agent(agent).workerSid }),
    };
    return (latency) => this.#measure(latency, '/bench/unpark', fields);
  }

  /** Moves the clock on, so that the claim of the last operation is over. */
  passLater() {
    return this.#desk.control('POST', 'clock', { advanceMs: LATER_MS });
  }

  /**
   * Calls a function at its own address, and counts.
   *
   * @param {number} latency
   * @param {string} path
   * @param {Record<string, any>} fields any: texts, numbers and booleans, as a form
   * @param {string} [outcome] is expected
   * @returns {Promise<Measured>}
   */
  async #measure(latency, path, fields, outcome) {
    const before = await this.#requests();
    this.#opened(before);
    await this.#desk.control('POST', 'latency', { ms: latency });
    // The header of Twilio's edge.
    const time = Date.parse((await this.#desk.world()).now);
    const began = performance.now();
    const url = `${this.#desk.functionsUrl}${path}`;
    const { status, text } = await within(`the response of ${path}`, post(url, fields, { 'x-simulator-time': time }));
    const ms = performance.now() - began;
    await this.#desk.control('POST', 'latency', { ms: 0 });
    if (status !== 200 || (outcome && JSON.parse(text).outcome !== outcome)) {
      throw new Error(`${path} responded ${status} ${text}`);
    }
    const own = (await this.#requests()).slice(before.length);
    return { ...counted(own, ms), connections: this.#opened(own) };
  }

  async #requests() {
    /** @type {{ requests: JournalRequest[] }} */
    const { requests } = await this.#desk.control('GET', 'journal');
    return requests.filter(({ via }) => via === 'tls');
  }

  /**
   * Counts the connections of requests that were not known before.
   *
   * @typedef {import('../scripts/lib/control.mjs').JournalRequest} JournalRequest
   * @param {JournalRequest[]} requests
   */
  #opened(requests) {
    const all = new Set(requests.map(({ connection }) => connection));
    const opened = [...all].filter((connection) => !this.#connections.has(connection));
    opened.forEach((connection) => this.#connections.add(connection));
    return opened.length;
  }
}

/**
 * Posts a form over a connection of its own: twilio-run closes idle ones, which a pool may notice too late.
 *
 * @param {string} url
 * @param {Record<string, any>} fields any: texts, numbers and booleans
 * @param {import('node:http').OutgoingHttpHeaders} more headers
 */
async function post(url, fields, more) {
  const body = new URLSearchParams(fields).toString();
  const headers = { ...more, 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
  const sent = request(url, { method: 'POST', agent: false, headers });
  sent.end(body);
  /** @type {import('node:http').IncomingMessage[]} */
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const part of answer.setEncoding('utf8')) text += part;
  return { status: answer.statusCode, text };
}

/**
 * Counts the requests of one run without the check of the token: that of the existing implementation is not in the baseline either.
 *
 * @param {JournalRequest[]} requests
 * @param {number} ms
 */
function counted(requests, ms) {
  const tokens = requests.filter(({ path }) => path.endsWith('/Tokens/validate'));
  const calls = requests.filter((request) => !tokens.includes(request));
  const invite = calls.find(({ method, path }) => method === 'POST' && path.endsWith('/Invites'));
  const untilInvite = invite && calls.filter(({ at }) => Date.parse(at) <= Date.parse(invite.at));
  // Calls beside the check of the token are not counted twice.
  const tokenEnd = Math.max(0, ...tokens.map(({ at, ms: took }) => Date.parse(at) + took));
  /** @param {JournalRequest[]} all */
  const afterToken = (all) => all.filter(({ at }) => Date.parse(at) >= tokenEnd);
  return {
    ms: ms - tokens.reduce((sum, token) => sum + token.ms, 0),
    calls: calls.length,
    rounds: rounds(afterToken(calls)),
    roundsUntilInvite: untilInvite && rounds(afterToken(untilInvite)),
  };
}

/**
 * Returns the median of each value.
 *
 * @param {Measured[]} runs
 * @returns {Summary}
 */
export function summary(runs) {
  /** @param {keyof Measured} name */
  const of = (name) => median(runs.map((run) => run[name] ?? NaN));
  return {
    ms: of('ms'),
    calls: of('calls'),
    rounds: of('rounds'),
    roundsUntilInvite: of('roundsUntilInvite'),
    connections: of('connections'),
  };
}
