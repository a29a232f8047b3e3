// The Functions against the sequence of the existing implementation, in the same twilio-run, with 100 ms for each call.

import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { inRoot } from '../scripts/lib/paths.mjs';
import { openDesk, PARK, RESUME, until, WAKE } from '../tests/functions/support.mjs';
import { median, rounds } from './rounds.mjs';

const LATENCY_MS = 100;
const TIMES = 9;

/** How many conversations an agent has parked already, and how many others have. */
const GROWTH = [
  { own: 10, others: 0 },
  { own: 1_000, others: 0 },
  { own: 5_000, others: 0 },
  { own: 5_000, others: 95_000 },
];
/** As many as others have in one list. */
const EACH = 5_000;

/** Measures the operations of the Functions. Answers figures. */
export function measureFunctions() {
  return withDesk(async (desk) => {
    const slow = await new Bench(desk).all(LATENCY_MS);
    const local = await new Bench(desk).all(0);
    return [...figures(slow), overhead(local)];
  });
}

/** Measures what the operations cost as ever more is parked. Answers figures. */
export function measureGrowth() {
  return withDesk(async (desk) => {
    const all = [];
    for (const { own, others } of GROWTH) {
      const { parkList, wake, resume } = await new Bench(desk, () => fill(desk, own, others)).all(LATENCY_MS, 3);
      for (const [name, { ours }] of Object.entries({ park_list: parkList, wake, resume })) {
        const of = `${name}_of_${own + others}`;
        all.push(
          { name: `${of}_calls`, unit: 'calls', value: ours.calls },
          { name: `${of}_ms`, unit: 'ms', value: ours.ms },
        );
      }
    }
    return all;
  });
}

async function withDesk(measure) {
  const folder = functionsWithBaseline();
  const desk = await openDesk({ functionsFolder: folder });
  try {
    return await measure(desk);
  } finally {
    await desk.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Puts rows into Ada's list, and into those of others. */
async function fill(desk, own, others) {
  const sid = (prefix, number) => prefix + number.toString(16).padStart(32, 'f');
  const lists = [[desk.agent('ada').workerSid, own]];
  for (let done = 0; done < others; done += EACH) lists.push([sid('WK', done), EACH]);
  for (const [list, [worker, count]] of lists.entries()) {
    const rows = Array.from({ length: count }, (_, number) => [
      sid('CH', list * EACH + number),
      { parkedAt: Date.now() },
    ]);
    await desk.control('POST', `maps/ParkedInteractions_${worker}/items`, Object.fromEntries(rows));
  }
}

/** A copy of `functions/` that has the baseline's two functions too. */
export function functionsWithBaseline() {
  const folder = mkdtempSync(join(tmpdir(), 'park-interaction-bench-'));
  for (const part of ['functions', 'assets', 'package.json']) {
    cpSync(inRoot('functions', part), join(folder, part), { recursive: true });
  }
  cpSync(inRoot('bench', 'baseline'), join(folder, 'functions', 'bench'), { recursive: true });
  symlinkSync(inRoot('functions', 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

class Bench {
  #desk;
  /** The connections that were there before. */
  #connections = new Set();

  #prepare;

  /** `prepare` makes of a new world the one in which an operation is measured. */
  constructor(desk, prepare = () => {}) {
    this.#desk = desk;
    this.#prepare = prepare;
  }

  /** Every operation, ours and the baseline's by turns, so that both have the same machine. */
  async all(latency, times = TIMES) {
    const operations = {
      park: { ours: () => this.#park(false), baseline: () => this.#parkAsBaseline(false) },
      parkList: { ours: () => this.#park(true), baseline: () => this.#parkAsBaseline(true) },
      wake: { ours: () => this.#wake(), baseline: () => this.#unparkAsBaseline() },
      resume: { ours: () => this.#resume(), baseline: () => this.#unparkAsBaseline('ada') },
    };
    const seen = {};
    for (const [name, { ours, baseline }] of Object.entries(operations)) {
      const runs = { ours: [], baseline: [] };
      // The first of each warms up: modules are loaded, connections opened.
      for (let time = 0; time <= times; time += 1) {
        for (const [side, operation] of Object.entries({ ours, baseline })) {
          await this.#desk.begin();
          await this.#prepare();
          const run = await operation();
          if (time > 0) runs[side].push(await run(latency));
          else await run(latency);
        }
      }
      seen[name] = { ours: summary(runs.ours), baseline: summary(runs.baseline) };
    }
    return seen;
  }

  async #park(showList) {
    await this.#makeList();
    const fields = await this.#desk.parkFields('charlie', { showList });
    return (latency) => this.#measure(latency, PARK, fields, 'parked');
  }

  async #wake() {
    await this.#desk.parked('charlie');
    const { conversationSid, interactionSid, channelSid } = this.#desk.customer('charlie');
    const { conversation } = await this.#desk.state('charlie');
    const { author, participant_sid: participant } = conversation.messages.at(-1);
    await this.#letClaimExpire();
    const message = { EventType: 'onMessageAdded', ConversationSid: conversationSid, Author: author };
    const place = { interactionSid, channelSid };
    return (latency) => this.#measure(latency, WAKE, { ...message, ParticipantSid: participant, ...place }, 'routed');
  }

  async #resume() {
    await this.#desk.parked('charlie');
    const { conversationSid, interactionSid, channelSid } = this.#desk.customer('charlie');
    await this.#letClaimExpire();
    const fields = { Token: this.#desk.agent('ada').token, conversationSid, interactionSid, channelSid };
    return (latency) => this.#measure(latency, RESUME, fields, 'routed');
  }

  async #parkAsBaseline(showList) {
    await this.#makeList();
    const fields = await this.#baselineFields(showList);
    return (latency) => this.#measure(latency, '/bench/park', fields);
  }

  async #unparkAsBaseline(agent) {
    await this.#measure(0, '/bench/park', await this.#baselineFields(true));
    const { conversation } = await this.#desk.state('charlie');
    const fields = {
      ConversationSid: conversation.sid,
      WebhookSid: conversation.webhooks[0].sid,
      ...(agent && { workerSid: this.#desk.agent(agent).workerSid }),
    };
    return (latency) => this.#measure(latency, '/bench/unpark', fields);
  }

  async #baselineFields(showList) {
    const { conversationSid, interactionSid, channelSid } = this.#desk.customer('charlie');
    const { agents, openTasks } = await this.#desk.state('charlie');
    const [task] = openTasks;
    return {
      conversationSid,
      interactionSid,
      channelSid,
      participantSid: agents[0].sid,
      taskSid: task.sid,
      workflowSid: task.workflow_sid,
      taskChannelUniqueName: task.task_channel_unique_name,
      queueName: 'Everyone',
      queueSid: task.queue_sid,
      workerSid: this.#desk.agent('ada').workerSid,
      taskAttributes: JSON.stringify(task.attributes),
      showList,
    };
  }

  /** As on any day but an agent's first. */
  #makeList() {
    return this.#desk.parked('wanda');
  }

  /** Long after the park: what a wake costs on any other day than within the seconds after it. */
  #letClaimExpire() {
    return this.#desk.control('POST', 'clock', { advanceMs: 60_000 });
  }

  /** Calls a function where it runs, and looks at what that took. */
  async #measure(latency, path, fields, outcome) {
    const before = await this.#requests();
    before.forEach(({ connection }) => this.#connections.add(connection));
    await this.#desk.control('POST', 'latency', { ms: latency });
    const began = performance.now();
    const { status, text } = await post(`${this.#desk.functionsUrl}${path}`, fields);
    const ms = performance.now() - began;
    await this.#desk.control('POST', 'latency', { ms: 0 });
    if (status !== 200 || (outcome && JSON.parse(text).outcome !== outcome)) {
      throw new Error(`${path} answered ${status} ${text}`);
    }
    const after = await until('the last call to be noted', async () => {
      const requests = await this.#requests();
      return requests.length > before.length && requests;
    });
    return told(after.slice(before.length), ms, this.#connections);
  }

  async #requests() {
    const { requests } = await this.#desk.control('GET', 'journal');
    return requests.filter(({ via }) => via === 'tls');
  }
}

/** Posts a form over a connection of its own: twilio-run closes idle ones, which a pool may notice too late. */
async function post(url, fields) {
  const body = new URLSearchParams(fields).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
  const sent = request(url, { method: 'POST', agent: false, headers });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const part of answer.setEncoding('utf8')) text += part;
  return { status: answer.statusCode, text };
}

/** What one run took, the check of the token left out: the existing implementation's is not in the baseline either. */
function told(requests, ms, known) {
  const opened = new Set(requests.map(({ connection }) => connection).filter((one) => !known.has(one)));
  opened.forEach((one) => known.add(one));
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
    connections: opened.size,
  };
}

function summary(runs) {
  const of = (name) => median(runs.map((run) => run[name]));
  return {
    ms: of('ms'),
    calls: of('calls'),
    rounds: of('rounds'),
    roundsUntilInvite: of('roundsUntilInvite'),
    connections: of('connections'),
  };
}

function figures({ park, parkList, wake, resume }) {
  const figure = (name, unit, of, what) => ({ name, unit, value: of.ours[what], baseline: of.baseline[what] });
  const most = (side) => Math.max(...[park, parkList, wake, resume].map((of) => of[side].connections));
  return [
    figure('park_list_round_trips', 'round trips', parkList, 'rounds'),
    figure('park_list_ms', 'ms', parkList, 'ms'),
    figure('park_round_trips', 'round trips', park, 'rounds'),
    figure('park_ms', 'ms', park, 'ms'),
    figure('wake_invite_round_trips', 'round trips', wake, 'roundsUntilInvite'),
    figure('wake_round_trips', 'round trips', wake, 'rounds'),
    figure('wake_ms', 'ms', wake, 'ms'),
    figure('resume_round_trips', 'round trips', resume, 'rounds'),
    figure('resume_ms', 'ms', resume, 'ms'),
    { name: 'warm_tls_connections', unit: 'per operation', value: most('ours'), baseline: most('baseline') },
  ];
}

/** What one call costs beside the waiting: all operations without latency, shared out among their calls. */
function overhead(local) {
  const each = (side) => {
    const all = Object.values(local).map((of) => of[side]);
    const sum = (what) => all.reduce((total, one) => total + one[what], 0);
    return sum('ms') / sum('calls');
  };
  return { name: 'local_overhead_per_call_ms', unit: 'ms', value: each('ours'), baseline: each('baseline') };
}
