// The checks of `npm run doctor`: each judges what was read of the account, and names the command that mends it.

import { nearest } from '../../scripts/lib/command-line.mjs';
import { counted } from '../../scripts/lib/counts.mjs';
import { decideCallback } from '../callback.mjs';
import { decideStreams } from '../event-streams.mjs';
import { EVENTS_KEY } from '../functions.mjs';
import { isMark } from '../mark.mjs';

/** How bad a finding is. */
export const LEVELS = /** @type {const} */ (['ok', 'warning', 'error']);

/**
 * A finding. `mend`: the command that mends it, or what to do.
 *
 * @typedef {object} Finding
 * @property {string} check the name of the check
 * @property {typeof LEVELS[number]} level
 * @property {string} text
 * @property {string} [mend]
 */

/** How many webhooks a conversation can have. https://www.twilio.com/docs/api/errors/50361 */
const MOST_WEBHOOKS = 5;
/** How many characters the attributes of a conversation can have, and from how many on the owner is warned. */
const MOST_ATTRIBUTES = 16_384;
const MANY_ATTRIBUTES = 14_000;
/** From how many parked conversations of an agent on the list is larger than what was measured: docs/performance.md. */
const MANY_ROWS = 5_000;
/** For how long a customer's message may be unheard while no task waits for an agent, in milliseconds. */
const PATIENCE_MS = 5 * 60_000;
/** From how many milliseconds on a warm Function is slow. */
const SLOW_MS = 2_000;
/** How many of many are named. */
const NAMED = 3;

const ENABLE = 'npm run flex-config -- enable';
const RECONCILE = 'npm run parked -- reconcile';

/** @param {string} environment */
const deployOf = (environment) => `npm run deploy -- --environment ${environment || 'NAME'}`;

/** @param {string} environment */
const goOnRemoving = (environment) => `npm run undeploy -- --environment ${environment} goes on`;

/**
 * @param {string} check
 * @param {string} text
 * @returns {Finding}
 */
const ok = (check, text) => ({ check, level: 'ok', text });

/**
 * @param {string} check
 * @param {string} text
 * @param {string} mend
 * @returns {Finding}
 */
const warning = (check, text, mend) => ({ check, level: 'warning', text, mend });

/**
 * @param {string} check
 * @param {string} text
 * @param {string} mend
 * @returns {Finding}
 */
const error = (check, text, mend) => ({ check, level: 'error', text, mend });

/**
 * Returns a few of many, in words.
 *
 * @param {string[]} all
 */
const some = (all) => all.slice(0, NAMED).join(', ') + (all.length > NAMED ? `, and ${all.length - NAMED} more` : '');

/**
 * The account: workspace, Sync and Conversations services, workers.
 *
 * @param {{ problems: string[], warnings: string[] }} judged
 * @returns {Finding[]}
 */
export function checkAccount({ problems, warnings }) {
  const mend = 'see docs/operations.md#deploying';
  const found = [
    ...problems.map((text) => error('account', text, mend)),
    ...warnings.map((text) => warning('account', text, mend)),
  ];
  return found.length > 0 ? found : [ok('account', 'workspace, services and workers are as they should be')];
}

/**
 * The flags in the account, for everybody and for each worker.
 *
 * @typedef {{ severity: 'error' | 'warning', place: string, what: string, mend: string }} Found
 * @param {{ enabled: boolean, findings: Found[] }} inspected
 * @param {string} environment
 * @returns {Finding[]}
 */
export function checkConfiguration({ enabled, findings }, environment) {
  const name = 'configuration';
  /** @type {Finding[]} */
  const found = findings.map(({ severity, place, what, mend }) => ({
    ...{ check: name, level: severity, text: `${place}: ${what}` },
    mend: mend.replace('NAME', environment || 'NAME'),
  }));
  if (!enabled && !found.some(({ level }) => level === 'error')) {
    found.push(warning(name, 'agents cannot park: the flag enabled is not true', ENABLE));
  }
  return found.length > 0 ? found : [ok(name, 'the flags are valid, and agents can park')];
}

/**
 * The deployed Functions: their version, their variables and their domain.
 *
 * @param {object} state
 * @param {string} state.environment
 * @param {{ domain: string, paths: string[] } | undefined} state.found
 * @param {string[]} [state.others] the names of the other environments of our Functions
 * @param {{ name: string }} [state.live] the environment that Flex calls, if that is another one of ours
 * @param {boolean} [state.isClosed] true if a removal has taken the Function that parks out
 * @param {string | undefined} state.domain that of Flex's configuration, which desktops call
 * @param {string} state.mark that of this clone's Functions
 * @param {{ set: Record<string, string>, unset: string[] }} state.wanted
 * @param {Record<string, string>} state.variables
 * @returns {Finding[]}
 */
export function checkFunctions({ environment, found, others = [], live, isClosed, domain, mark, wanted, variables }) {
  const name = 'functions';
  const deploy = deployOf(environment);
  if (!found && others.length > 0) {
    const text = `there are no Functions for the environment ${environment}, but for ${others.join(', ')}`;
    return [error(name, text, `npm run doctor -- --environment ${nearest(environment, others) ?? others[0]}`)];
  }
  if (!found) return [error(name, `there are no Functions for the environment ${environment}`, deploy)];
  const findings = [];
  if (live) {
    const text = `Flex calls the Functions of ${live.name}, not those at ${found.domain}: these only wake what was parked with them`;
    const mend = `npm run parked -- reconcile, then npm run undeploy -- --environment ${environment}, if you do not need them`;
    findings.push(warning(name, text, mend));
  } else if (domain !== found.domain) {
    const named = domain ? `calls ${domain}` : 'names no domain';
    findings.push(error(name, `Flex's configuration ${named}, and the Functions are at ${found.domain}`, deploy));
  }
  const deployed = found.paths.find(isMark);
  if (isClosed) {
    const text = `a removal has begun: the Function that parks is gone at ${found.domain}, and what is parked still wakes`;
    const goOn = goOnRemoving(environment);
    // A deployment would let Flex call this environment again.
    findings.push(live ? warning(name, text, goOn) : error(name, text, `${goOn}; ${deploy} goes back into service`));
  } else if (deployed === undefined) {
    findings.push(warning(name, `nothing says which version is deployed at ${found.domain}`, deploy));
  } else if (deployed !== mark) {
    findings.push(warning(name, `another version than that of this clone is deployed at ${found.domain}`, deploy));
  }
  for (const [variable, value] of Object.entries(wanted.set)) {
    if (variables[variable] === value) continue;
    const present = variables[variable] === undefined ? 'is not set' : 'has another value than expected';
    findings.push(error(name, `the variable ${variable} ${present}: expected ${value}`, deploy));
  }
  return findings.length > 0 ? findings : [ok(name, `this version is deployed at ${found.domain}, with its variables`)];
}

/**
 * Returns the findings of an environment that is being removed: what would bring it back into service gives way to the rest of the removal.
 *
 * @param {Finding[]} findings
 * @param {string} environment
 * @returns {Finding[]}
 */
export function duringRemoval(findings, environment) {
  const services = [ENABLE, deployOf(environment)];
  return findings.map((finding) =>
    services.includes(finding.mend ?? '') ? { ...finding, mend: goOnRemoving(environment) } : finding,
  );
}

/**
 * The Functions as desktops reach them. A request without fields is refused with 400 before anything is done.
 *
 * @param {{ domain: string, answers: { status?: number, ms: number, message?: string }[] }} state `answers`: the first, and one of a warm
 *   Function
 * @param {string} environment
 * @returns {Finding}
 */
export function checkReach({ domain, answers }, environment) {
  const name = 'reach';
  const [first, second] = answers;
  const last = second ?? first;
  const at = `https://${domain}`;
  if (last.status !== 400) {
    const said =
      last.status === undefined ? `does not respond: ${last.message}` : `responds ${last.status}, expected 400`;
    return error(name, `the Function that parks, at ${at}, ${said}`, deployOf(environment));
  }
  const times = `${Math.round(last.ms)} ms warm, ${Math.round(first.ms)} ms for the first request`;
  if (last.ms > SLOW_MS) {
    return warning(name, `the Functions at ${at} are slow: ${times}`, 'see docs/performance.md');
  }
  return ok(name, `the Functions at ${at} respond: ${times}`);
}

/**
 * The plugin: registered, released, and of this version.
 *
 * @param {Awaited<ReturnType<typeof import('../plugin.mjs').readPlugin>>} plugin
 * @param {string} environment
 * @returns {Finding}
 */
export function checkPlugin({ own, isRegistered, released, mark }, environment) {
  const name = 'plugin';
  const deploy = deployOf(environment);
  if (!isRegistered) return error(name, 'the plugin is not registered', deploy);
  if (!released) return error(name, 'the plugin is registered, but no release has it: agents do not see it', deploy);
  const isOfThis = mark ? released.changelog.includes(mark) : released.changelog.includes(`Park Interaction ${own},`);
  if (!isOfThis) {
    return warning(name, `version ${released.version} is released, which is not that of this clone (${own})`, deploy);
  }
  return ok(name, `version ${released.version} is released, that of this clone`);
}

/**
 * The Sync service of claims and lists.
 *
 * @param {{ sid: string, friendlyName: string, aclEnabled: boolean } | undefined} service
 * @returns {Finding}
 */
export function checkSync(service) {
  const name = 'sync';
  if (!service) return error(name, 'the Sync service is not there', 'set TWILIO_FLEX_SYNC_SID and deploy again');
  const { sid, friendlyName } = service;
  const lists = service.aclEnabled
    ? 'access lists are on: agents read their own lists by permissions from the Function'
    : 'access lists are off, as Flex has them: every Flex token of the account can read every list';
  return ok(name, `the Sync service ${sid} (${friendlyName}) is there; ${lists}`);
}

/**
 * The workspace's event callback.
 *
 * @param {{ current?: string, filter?: string }} workspace
 * @param {{ url: string, events: string[] }} ours
 * @param {string} environment
 * @param {object} state
 * @param {boolean} state.isStreamed true if Event Streams reports the same events
 * @param {boolean} state.isWanted false if the owner has left the callback out
 * @param {{ name: string }} [state.live] the environment that Flex calls, if that is another one of ours
 * @returns {Finding}
 */
export function checkCallback(workspace, ours, environment, { isStreamed, isWanted, live }) {
  const name = 'callback';
  const deploy = `${deployOf(environment)}${isWanted ? '' : ' --event-callback'}`;
  const late = 'an invite that ends unheard is noticed up to a minute later';
  const { change, foreign } = decideCallback(workspace, ours);
  if (live) return ok(name, `the one event callback of the workspace is left to ${live.name}, which Flex calls`);
  if (isStreamed && (foreign || !workspace.current)) {
    const whose = foreign ? `belongs to another program, ${foreign}` : 'is not set';
    return ok(name, `the event callback ${whose}: Event Streams reports the same events`);
  }
  if (foreign) {
    const mend = `let it pass on ${ours.events.join(', ')} to ${ours.url}: docs/operations.md#taskrouters-events`;
    return warning(
      name,
      `the event callback belongs to another program, ${foreign}: ${late}, unless it passes them on`,
      mend,
    );
  }
  if (!change) return ok(name, `TaskRouter's events go to ${ours.url}`);
  if (!workspace.current) return warning(name, `the workspace has no event callback: ${late}`, deploy);
  if (workspace.current !== ours.url) {
    return warning(
      name,
      `the event callback calls the Functions at another place, ${workspace.current}: ${late}`,
      deploy,
    );
  }
  return warning(name, `the event callback lacks events, it has ${workspace.filter}: ${late}`, deploy);
}

/**
 * Event Streams: the sink for the Functions, its key, and the types to which it is subscribed.
 *
 * @param {object} state
 * @param {import('../event-streams.mjs').Sink[]} [state.sinks] undefined if Twilio refuses to list them
 * @param {string} [state.refusal] how it refuses
 * @param {import('../event-streams.mjs').Stream} state.ours
 * @param {string} [state.key] that of the Functions' variable
 * @param {boolean} state.needsKey
 * @param {boolean} state.isWanted false if the owner has left Event Streams out
 * @param {string} environment
 * @returns {Finding}
 */
export function checkEvents({ sinks, refusal, ours, key, needsKey, isWanted }, environment) {
  const name = 'events';
  const deploy = deployOf(environment);
  if (!isWanted) return ok(name, `Event Streams is left out, as chosen: ${deploy} --event-streams sets it up`);
  const lost = 'an event that the callback or a webhook loses does not come again';
  /** @param {string} text */
  const warn = (text) => warning(name, `${text}: ${lost}`, deploy);
  if (!sinks) {
    const mend =
      'use credentials that may read Event Streams, or let a scheduler call reconcile: docs/operations.md#event-streams';
    return warning(name, `Twilio refuses Event Streams (${refusal}): ${lost}`, mend);
  }
  if (needsKey && !key) {
    return warn(`the Functions have no ${EVENTS_KEY}, by which they know Event Streams`);
  }
  const { kept, missing, surplus } = decideStreams(sinks, ours, key);
  if (!kept) {
    if (surplus.length === 0) return warn(`Event Streams has no sink for ${ours.url}`);
    const [{ sid, status }] = surplus;
    return warn(
      status === 'failed'
        ? `the sink ${sid} of Event Streams has failed`
        : `the sink ${sid} of Event Streams has another key than the Functions, another address, or another method`,
    );
  }
  if (missing.length > 0) return warn(`the sink ${kept.sid} is not subscribed to ${missing.join(', ')}`);
  if (surplus.length > 0) {
    const others = surplus.map(({ sid }) => sid);
    return warning(name, `besides ${kept.sid}, these sinks post to the same Function: ${some(others)}`, deploy);
  }
  return ok(name, `Event Streams reports the ends of tasks and the states of conversations to ${ours.url}`);
}

/**
 * A workflow that will route woken tasks.
 *
 * @typedef {object} Workflow
 * @property {string} sid
 * @property {string} [name] undefined if it is not there
 * @property {{ queues: string[], unmatched: string[] }} [judged] undefined if its configuration cannot be read
 * @property {{ sid: string, name?: string, hasStaff: boolean }[]} queues `name` is undefined if a queue is not there
 * @param {Workflow[]} workflows
 * @returns {Finding[]}
 */
export function checkWorkflows(workflows) {
  const check = 'workflow';
  const console = 'mend it in the Console, TaskRouter, Workflows';
  const findings = workflows.flatMap(({ sid, name, judged, queues }) => {
    if (name === undefined) {
      const text = `the workflow ${sid} of parked conversations is not there: they cannot be routed`;
      return [error(check, text, 'create a workflow, and invite agents to these by hand: docs/operations.md')];
    }
    if (!judged) return [warning(check, `the configuration of the workflow ${name} (${sid}) cannot be read`, console)];
    const found = [];
    if (judged.unmatched.length > 0) {
      const text = `no filter of the workflow ${name} (${sid}) takes the task of ${some(judged.unmatched)}: TaskRouter cancels it`;
      found.push(error(check, text, `${console}: add a filter or a default queue`));
    }
    for (const queue of queues) {
      if (queue.name === undefined) {
        found.push(
          error(
            check,
            `the workflow ${name} (${sid}) has the target ${queue.sid}, and there is no such queue`,
            console,
          ),
        );
      } else if (!queue.hasStaff) {
        const text = `no worker is in the queue ${queue.name} (${queue.sid}), a target of the workflow ${name}`;
        found.push(warning(check, text, 'let a worker fit the queue: Console, TaskRouter, Task queues and Workers'));
      }
    }
    return found;
  });
  if (findings.length > 0) return findings;
  const names = workflows.map(({ name }) => String(name));
  return [ok(check, `woken tasks match a target, and each queue has workers: ${some(names)}`)];
}

/**
 * What is said about parked conversations, by the kind of the note.
 *
 * @type {Record<string, { level: 'warning' | 'error', text: string, mend: string }>}
 */
const NOTES = {
  noWebhook: { level: 'error', text: 'no webhook hears the customer', mend: RECONCILE },
  formerDomain: { level: 'error', text: 'the webhook calls Functions at a former domain', mend: RECONCILE },
  unverified: {
    level: 'error',
    text: 'nothing at Twilio shows where they are parked',
    mend: 'see docs/operations.md#what-cannot-be-verified',
  },
  overdue: { level: 'error', text: 'their time has passed, and no agent is asked', mend: RECONCILE },
  secondWebhook: { level: 'warning', text: 'a second webhook may make two tasks of one message', mend: RECONCILE },
  damaged: {
    level: 'warning',
    text: 'other code has damaged their attributes; they wake all the same',
    mend: RECONCILE,
  },
  parkedWithAnother: {
    level: 'warning',
    text: 'parked with another plugin',
    mend: 'npm run parked -- list says what to do about each',
  },
  otherFlow: {
    level: 'warning',
    text: 'a Studio flow hears their messages too',
    mend: 'npm run flex-config -- set pause_studio_flow true',
  },
};

/**
 * The parked conversations: their webhooks, what is overdue, and who waits unheard.
 *
 * @typedef {{ conversationSid: string, unheardSince: number | null, notes: { kind: string }[] }} Parked
 * @param {Parked[]} parked
 * @param {Set<string>} offered the SIDs of those of which a task waits for an agent
 * @param {number} now
 * @param {{ goneFrom?: string, environment?: string }} [state] `goneFrom`: the domain that Flex calls, if no Functions are there
 * @returns {Finding[]}
 */
export function checkParked(parked, offered, now, { goneFrom, environment = '' } = {}) {
  const check = 'parked';
  /** @param {Parked[]} those */
  const sids = (those) => `${those.length}: ${some(those.map(({ conversationSid }) => conversationSid))}`;
  /** @type {Finding[]} */
  const findings = Object.entries(NOTES).flatMap(([kind, { level, text, mend }]) => {
    const those = parked.filter(({ notes }) => notes.some((note) => note.kind === kind));
    return those.length === 0 ? [] : [{ check, level, text: `${text}: ${sids(those)}`, mend }];
  });
  const unheard = parked.filter(
    ({ conversationSid, unheardSince }) =>
      unheardSince !== null && now - unheardSince > PATIENCE_MS && !offered.has(conversationSid),
  );
  if (unheard.length > 0) {
    findings.push(
      error(
        check,
        `customers wait unheard for more than 5 minutes, and no agent is asked: ${sids(unheard)}`,
        RECONCILE,
      ),
    );
  }
  if (goneFrom && parked.length > 0) {
    const text = `there are no Functions at ${goneFrom}: nobody hears when these customers write, ${sids(parked)}`;
    findings.push(error(check, text, `${deployOf(environment)}, then ${RECONCILE}`));
  }
  if (findings.length > 0) return findings;
  return [
    ok(
      check,
      parked.length === 0 ? 'nothing is parked' : `${counted(parked.length, 'is', 'are')} parked, and each can wake`,
    ),
  ];
}

/**
 * The limits that are near.
 *
 * @param {{ conversationSid: string, attributes: string, webhooks: object[], workerSid: string | null, workerName?: string | null }[]} found
 * @returns {Finding[]}
 */
export function checkLimits(found) {
  const check = 'limits';
  const findings = [];
  const full = found
    .filter(({ webhooks }) => webhooks.length >= MOST_WEBHOOKS)
    .map(({ conversationSid }) => conversationSid);
  if (full.length > 0) {
    const text = `conversations with all of ${MOST_WEBHOOKS} webhooks, ${full.length}: ${some(full)}`;
    findings.push(
      warning(check, text, 'remove webhooks of other programs that are not needed: docs/operations.md#refusals'),
    );
  }
  const large = found.filter(({ attributes }) => Buffer.byteLength(attributes) >= MANY_ATTRIBUTES);
  if (large.length > 0) {
    const sids = large.map(({ conversationSid }) => conversationSid);
    const text = `conversations with nearly ${MOST_ATTRIBUTES} bytes of attributes, ${large.length}: ${some(sids)}`;
    findings.push(
      warning(check, text, 'keep less in the attributes of tasks and conversations: docs/operations.md#refusals'),
    );
  }
  /** @type {Map<string, number>} */
  const rows = new Map();
  for (const { workerSid, workerName } of found) {
    const who = workerName ?? workerSid;
    if (who) rows.set(who, (rows.get(who) ?? 0) + 1);
  }
  for (const [who, count] of rows) {
    if (count < MANY_ROWS) continue;
    const text = `${who} has ${count} parked conversations, more than what was measured`;
    findings.push(warning(check, text, 'npm run flex-config -- set max_parked 50'));
  }
  return findings.length > 0 ? findings : [ok(check, 'no limit of Twilio is near')];
}
