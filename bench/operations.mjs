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

/** Longer than a claim lasts. */
const LATER_MS = 60_000;

/** A copy of `functions/` that has the baseline's functions too. */
export function functionsWithBaseline() {
  const folder = mkdtempSync(join(tmpdir(), 'park-interaction-bench-'));
  for (const part of ['functions', 'assets', 'package.json']) {
    cpSync(inRoot('functions', part), join(folder, part), { recursive: true });
  }
  cpSync(inRoot('bench', 'baseline'), join(folder, 'functions', 'bench'), { recursive: true });
  symlinkSync(inRoot('functions', 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Yields what `measure` yields, which gets the desk in front of the Functions. */
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
 * What can be measured, on a customer's conversation as it is. Each method prepares one run, and gives the function that
 * runs it with a latency of each REST call and answers `{ ms, calls, rounds, roundsUntilInvite, connections }`.
 */
export class Operations {
  #desk;
  #customer;
  /** The connections that were there before. */
  #connections = new Set();

  constructor(desk, customer) {
    this.#desk = desk;
    this.#customer = customer;
  }

  async park(showList) {
    const fields = await this.#desk.parkFields(this.#customer, { showList });
    return (latency) => this.#measure(latency, PARK, fields, 'parked');
  }

  async wake() {
    const { conversationSid } = this.#desk.customer(this.#customer);
    const { conversation } = await this.#desk.state(this.#customer);
    const {
      author,
      participant_sid: ParticipantSid,
      index,
    } = conversation.messages.findLast(({ participant_sid: sid, author: name }) => sid && name !== 'ada');
    // Made by the first customer of an account who waits.
    for (const number of [0, 1, 2, 3])
      await this.#desk.control('POST', `maps/ParkInteractionWaiting_${number}/items`, {});
    await this.passLater();
    const message = { EventType: 'onMessageAdded', ConversationSid: conversationSid, Author: author, ParticipantSid };
    // A new one, at the address that Twilio calls.
    const Index = Math.max(index, conversation.messages.at(-1).index) + 1;
    const { search } = new URL(conversation.webhooks[0].configuration.url);
    return (latency) => this.#measure(latency, `${WAKE}${search}`, { ...message, Index }, 'routed');
  }

  async resume() {
    const { conversationSid, interactionSid, channelSid } = this.#desk.customer(this.#customer);
    await this.passLater();
    const fields = { Token: this.#desk.agent('ada').token, conversationSid, interactionSid, channelSid };
    return (latency) => this.#measure(latency, RESUME, fields, 'routed');
  }

  async parkAsBaseline(showList) {
    const fields = { ...(await templateState(this.#desk, this.#customer)), showList };
    return (latency) => this.#measure(latency, '/bench/park', fields);
  }

  /** `agent` is who resumes it; without one the customer has written. */
  async unparkAsBaseline(agent) {
    const { conversation } = await this.#desk.state(this.#customer);
    const fields = {
      ConversationSid: conversation.sid,
      WebhookSid: conversation.webhooks[0].sid,
      ...(agent && { workerSid: this.#desk.agent(agent).workerSid }),
    };
    return (latency) => this.#measure(latency, '/bench/unpark', fields);
  }

  /** As on any other occasion than within the seconds after the last operation, of which a claim is left. */
  passLater() {
    return this.#desk.control('POST', 'clock', { advanceMs: LATER_MS });
  }

  /** Calls a function where it runs, and looks at what that took. */
  async #measure(latency, path, fields, outcome) {
    const before = await this.#requests();
    this.#opened(before);
    await this.#desk.control('POST', 'latency', { ms: latency });
    // As Twilio's edge tells it.
    const time = Date.parse((await this.#desk.world()).now);
    const began = performance.now();
    const url = `${this.#desk.functionsUrl}${path}`;
    const { status, text } = await within(`the answer of ${path}`, post(url, fields, { 'x-simulator-time': time }));
    const ms = performance.now() - began;
    await this.#desk.control('POST', 'latency', { ms: 0 });
    if (status !== 200 || (outcome && JSON.parse(text).outcome !== outcome)) {
      throw new Error(`${path} answered ${status} ${text}`);
    }
    const own = (await this.#requests()).slice(before.length);
    return { ...told(own, ms), connections: this.#opened(own) };
  }

  async #requests() {
    const { requests } = await this.#desk.control('GET', 'journal');
    return requests.filter(({ via }) => via === 'tls');
  }

  /** On how many connections that were not there before requests came. */
  #opened(requests) {
    const all = new Set(requests.map(({ connection }) => connection));
    const opened = [...all].filter((connection) => !this.#connections.has(connection));
    opened.forEach((connection) => this.#connections.add(connection));
    return opened.length;
  }
}

/** Posts a form over a connection of its own: twilio-run closes idle ones, which a pool may notice too late. */
async function post(url, fields, more) {
  const body = new URLSearchParams(fields).toString();
  const headers = { ...more, 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
  const sent = request(url, { method: 'POST', agent: false, headers });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const part of answer.setEncoding('utf8')) text += part;
  return { status: answer.statusCode, text };
}

/** What one run took, the check of the token left out: the existing implementation's is not in the baseline either. */
function told(requests, ms) {
  const tokens = requests.filter(({ path }) => path.endsWith('/Tokens/validate'));
  const calls = requests.filter((request) => !tokens.includes(request));
  const invite = calls.find(({ method, path }) => method === 'POST' && path.endsWith('/Invites'));
  const untilInvite = invite && calls.filter(({ at }) => Date.parse(at) <= Date.parse(invite.at));
  // What runs beside the check of the token is not counted twice.
  const tokenEnd = Math.max(0, ...tokens.map(({ at, ms: took }) => Date.parse(at) + took));
  const afterToken = (all) => all.filter(({ at }) => Date.parse(at) >= tokenEnd);
  return {
    ms: ms - tokens.reduce((sum, token) => sum + token.ms, 0),
    calls: calls.length,
    rounds: rounds(afterToken(calls)),
    roundsUntilInvite: untilInvite && rounds(afterToken(untilInvite)),
  };
}

/** The median of each thing that runs tell. */
export function summary(runs) {
  const of = (name) => median(runs.map((run) => run[name]));
  return {
    ms: of('ms'),
    calls: of('calls'),
    rounds: of('rounds'),
    roundsUntilInvite: of('roundsUntilInvite'),
    connections: of('connections'),
  };
}
