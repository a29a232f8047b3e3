const { randomInt, randomUUID } = require('node:crypto');
const { RequestClient } = require('twilio');

/** @type {{ Invocation: new (beginning: string) => Invocation, functionPaths: () => string }} */
const { Invocation, functionPaths } = require(Runtime.getAssets()['/features/park-interaction/core.js'].path);

// One for the life of the container: its connections to Twilio stay open from one invocation to the next.
const httpClient = new RequestClient({ keepAlive: true });

/** @type {Record<string, string>} the paths of the functions by the names of their operations, as the core declares them */
const PATHS = JSON.parse(functionPaths());
exports.PATHS = PATHS;

// The variables that the core reads. The Auth Token is not among them.
const VARIABLES = [
  'ACCOUNT_SID',
  'DOMAIN_NAME',
  'PARK_INTERACTION_STUDIO_FLOW_SID',
  'TWILIO_FLEX_SYNC_SID',
  'TWILIO_FLEX_WORKSPACE_SID',
];

// Callers wait ten seconds at most, and then the platform ends the function: it responds before that.
const ANSWER_WITHIN_MS = 9_000;

// The response after an unexpected failure. The caller may try again; the log has the reason.
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
  return async (context, event, callback) => {
    const { status, body } = await serve(path, context, parametersOf(event));
    callback(null, answer(status, body));
  };
};

/**
 * Serves one request of the function at `path`, and writes its line of the log. The core decides; this file carries out its instructions.
 *
 * @param {string} path
 * @param {Context} context
 * @param {unknown} parameters
 * @param {number} [began] the time at which the platform called the function, in milliseconds, if that is some time ago
 * @returns {Promise<{ status: number, body: unknown }>}
 */
const serve = async (path, context, parameters, began = Date.now()) => {
  /** @type {Invocation | undefined} */
  let invocation;
  try {
    invocation = begin(path, context, parameters);
    const { status, body, log } = await carryOut(invocation, began, () => context.getTwilioClient({ httpClient }));
    console.log(JSON.stringify(log));
    return { status, body };
  } catch (error) {
    return failed(path, error);
  } finally {
    invocation?.free();
  }
};
exports.serve = serve;

/**
 * Writes an unexpected failure of the function at `path` into the log. Returns the response.
 *
 * @param {string} path
 * @param {unknown} error
 */
const failed = (path, error) => {
  console.error(
    JSON.stringify({ path, outcome: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
  return { status: 500, body: FAILED };
};
exports.failed = failed;

/**
 * @param {string} path
 * @param {Context} context
 * @param {unknown} parameters
 */
function begin(path, context, parameters) {
  const environment = Object.fromEntries(VARIABLES.map((name) => [name, context[name]]));
  const rest = { path, environment, id: randomUUID(), now: Date.now(), seed: randomInt(2 ** 47) };
  return new Invocation(JSON.stringify({ ...rest, parameters: writable(parameters) }));
}

/**
 * @param {FunctionEvent} event
 */
function parametersOf({ request: _, ...parameters }) {
  return parameters;
}

/**
 * Returns a request's parameters; null where they cannot be written as JSON, since they are nested too deep: the core refuses these.
 *
 * @param {unknown} parameters
 */
function writable(parameters) {
  try {
    JSON.stringify(parameters);
    return parameters;
  } catch {
    return null;
  }
}

/**
 * Carries out the core's instructions. Resolves with the one that holds the response.
 *
 * @param {Invocation} invocation
 * @param {number} began
 * @param {() => import('twilio').Twilio} makeClient
 * @returns {Promise<Instructions['answer']>}
 */
function carryOut(invocation, began, makeClient) {
  return new Promise((resolve, reject) => {
    /** @type {Set<NodeJS.Timeout>} */
    const timers = new Set();
    /** @type {import('twilio').Twilio | undefined} */
    let client;
    let over = false;

    /**
     * @template T
     * @param {(value: T) => void} settle
     * @param {T} value
     */
    const finish = (settle, value) => {
      over = true;
      timers.forEach(clearTimeout);
      settle(value);
    };
    /** @param {() => string} next */
    const go = (next) => {
      if (over) return;
      try {
        follow(next());
      } catch (error) {
        finish(reject, error);
      }
    };
    /** @param {object} happened */
    const report = (happened) => go(() => invocation.report(JSON.stringify(happened), Date.now()));
    /**
     * @param {number} ms
     * @param {() => void} work
     */
    const later = (ms, work) => timers.add(setTimeout(work, ms));
    const carriers = {
      /** @param {Instructions['request']} instruction */
      request: ({ id, http }) => {
        client ??= makeClient();
        client.request(http).then(
          ({ statusCode, body, headers }) =>
            report({ what: 'answered', id, status: statusCode, body: body ?? null, etag: headers?.etag }),
          () => report({ what: 'unanswered', id }),
        );
      },
      /** @param {Instructions['wait']} instruction */
      wait: ({ id, ms }) => later(ms, () => report({ what: 'waited', id })),
      /** @param {Instructions['answer']} instruction */
      answer: (instruction) => finish(resolve, instruction),
    };
    /** @param {string} instructions */
    const follow = (instructions) => {
      for (const instruction of JSON.parse(instructions)) carry(instruction);
    };
    // Its carrier takes exactly this kind of instruction, which a type checker cannot know.
    /** @param {Instruction} instruction */
    const carry = (instruction) => carriers[instruction.do](/** @type {any} */ (instruction));

    later(began + ANSWER_WITHIN_MS - Date.now(), () => go(() => invocation.giveUp(Date.now())));
    go(() => invocation.start());
  });
}

/**
 * Makes a response that a page of Flex, which comes from another host, may read.
 *
 * @param {number} status
 * @param {unknown} body
 */
const answer = (status, body) => {
  const response = new Twilio.Response();
  response.setStatusCode(status);
  response.appendHeader('Access-Control-Allow-Origin', '*');
  response.appendHeader('Access-Control-Allow-Methods', 'OPTIONS, POST');
  response.appendHeader('Access-Control-Allow-Headers', 'Content-Type');
  response.appendHeader('Content-Type', 'application/json');
  response.setBody(body);
  return response;
};
exports.answer = answer;
