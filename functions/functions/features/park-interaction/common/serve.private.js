const { randomInt, randomUUID } = require('node:crypto');
const { RequestClient } = require('twilio');

const { Invocation, functionPaths } = require(Runtime.getAssets()['/features/park-interaction/core.js'].path);

// One for the life of the container: its connections to Twilio stay open from one invocation to the next.
const httpClient = new RequestClient({ keepAlive: true });

/** @type {Record<string, string>} the paths of the functions by the names of their operations, as the core declares them */
const PATHS = JSON.parse(functionPaths());

// What the core reads of the environment. The Auth Token is not for it.
const VARIABLES = [
  'ACCOUNT_SID',
  'DOMAIN_NAME',
  'PARK_INTERACTION_STUDIO_FLOW_SID',
  'TWILIO_FLEX_SYNC_SID',
  'TWILIO_FLEX_WORKSPACE_SID',
];

// Whoever calls waits ten seconds at most, and then the platform ends the function: so it answers before.
const ANSWER_WITHIN_MS = 9_000;

// The answer to what should not happen. The caller may try again; the log has the rest.
const FAILED = {
  outcome: 'refused',
  refusal: { kind: 'twilioUnavailable' },
  message: 'the function failed; its log says why',
};

/**
 * Returns the handler of the function for an operation, such as `park`.
 *
 * @param {string} operation
 * @returns {(context: Context, event: FunctionEvent, callback: Callback) => Promise<void>}
 */
exports.handlerOf = (operation) => {
  const path = PATHS[operation];
  if (!path) throw new Error(`The core has no operation ${operation}.`);
  return (context, event, callback) => serve(path, context, event, callback);
};

/** Serves one request of the function at `path`. The core decides; its instructions are carried out here. */
const serve = async (path, context, event, callback) => {
  let invocation;
  try {
    invocation = begin(path, context, event);
    const { status, body, log } = await carryOut(invocation, () => context.getTwilioClient({ httpClient }));
    console.log(JSON.stringify(log));
    callback(null, answer(status, body));
  } catch (error) {
    console.error(JSON.stringify({ path, outcome: 'failed', message: error.message }));
    callback(null, answer(500, FAILED));
  } finally {
    invocation?.free();
  }
};

function begin(path, context, event) {
  const environment = Object.fromEntries(VARIABLES.map((name) => [name, context[name]]));
  const rest = { path, environment, id: randomUUID(), now: Date.now(), seed: randomInt(2 ** 47) };
  return new Invocation(JSON.stringify({ ...rest, parameters: parametersOf(event) }));
}

/** The request's parameters. What cannot be written as JSON at all, since it is nested too deep, is left to the core to refuse. */
function parametersOf({ request: _, ...parameters }) {
  try {
    JSON.stringify(parameters);
    return parameters;
  } catch {
    return null;
  }
}

/** Carries out the core's instructions, and gives the one that says what to answer. */
function carryOut(invocation, makeClient) {
  return new Promise((resolve, reject) => {
    const timers = new Set();
    let client;
    let over = false;

    const finish = (settle, value) => {
      over = true;
      timers.forEach(clearTimeout);
      settle(value);
    };
    const go = (next) => {
      if (over) return;
      try {
        follow(next());
      } catch (error) {
        finish(reject, error);
      }
    };
    const report = (happened) => go(() => invocation.report(JSON.stringify(happened), Date.now()));
    const later = (ms, work) => timers.add(setTimeout(work, ms));
    const carriers = {
      request: ({ id, http }) => {
        client ??= makeClient();
        client.request(http).then(
          ({ statusCode, body }) => report({ what: 'answered', id, status: statusCode, body: body ?? null }),
          () => report({ what: 'unanswered', id }),
        );
      },
      wait: ({ id, ms }) => later(ms, () => report({ what: 'waited', id })),
      answer: (instruction) => finish(resolve, instruction),
    };
    const follow = (instructions) => {
      for (const instruction of JSON.parse(instructions)) carriers[instruction.do](instruction);
    };

    later(ANSWER_WITHIN_MS, () => go(() => invocation.giveUp(Date.now())));
    go(() => invocation.start());
  });
}

/** An answer that a page of Flex, which comes from another host, may read. */
function answer(status, body) {
  const response = new Twilio.Response();
  response.setStatusCode(status);
  response.appendHeader('Access-Control-Allow-Origin', '*');
  response.appendHeader('Access-Control-Allow-Methods', 'OPTIONS, POST');
  response.appendHeader('Access-Control-Allow-Headers', 'Content-Type');
  response.appendHeader('Content-Type', 'application/json');
  response.setBody(body);
  return response;
}
