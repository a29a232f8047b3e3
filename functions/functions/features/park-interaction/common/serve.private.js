const { randomInt, randomUUID } = require('node:crypto');
const { RequestClient } = require('twilio');

const { Invocation } = require(Runtime.getAssets()['/features/park-interaction/core.js'].path);

// One for the life of the container: its connections to Twilio stay open from one invocation to the next.
const httpClient = new RequestClient({ keepAlive: true });

// What the core reads of the environment. The Auth Token is not for it.
const VARIABLES = [
  'ACCOUNT_SID',
  'DOMAIN_NAME',
  'PARK_INTERACTION_STUDIO_FLOW_SID',
  'TWILIO_FLEX_SYNC_SID',
  'TWILIO_FLEX_WORKSPACE_SID',
];

// The answer to what should not happen. The caller may try again; the log has the rest.
const FAILED = {
  outcome: 'refused',
  refusal: { kind: 'twilioUnavailable' },
  message: 'the function failed; its log says why',
};

/**
 * Serves one request of the function at `path`. What is decided, the core decides; here its instructions are
 * carried out.
 */
exports.serve = async (path, context, event, callback) => {
  const { request: _, ...parameters } = event;
  const environment = Object.fromEntries(VARIABLES.map((name) => [name, context[name]]));
  const invocation = new Invocation(
    JSON.stringify({
      path,
      parameters,
      environment,
      id: randomUUID(),
      now: Date.now(),
      seed: randomInt(2 ** 47),
    }),
  );
  try {
    const { status, body, log } = await carryOut(invocation, () => context.getTwilioClient({ httpClient }));
    console.log(JSON.stringify(log));
    callback(null, answer(status, body));
  } catch (error) {
    console.error(JSON.stringify({ path, outcome: 'failed', message: error.message }));
    callback(null, answer(500, FAILED));
  } finally {
    invocation.free();
  }
};

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
    const report = (happened) => {
      if (over) return;
      try {
        follow(invocation.report(JSON.stringify(happened), Date.now()));
      } catch (error) {
        finish(reject, error);
      }
    };
    const carriers = {
      request: ({ id, http }) => {
        client ??= makeClient();
        client.request(http).then(
          ({ statusCode, body }) => report({ what: 'answered', id, status: statusCode, body: body ?? null }),
          () => report({ what: 'unanswered', id }),
        );
      },
      wait: ({ id, ms }) => {
        timers.add(setTimeout(() => report({ what: 'waited', id }), ms));
      },
      answer: (instruction) => finish(resolve, instruction),
    };
    const follow = (instructions) => {
      for (const instruction of JSON.parse(instructions)) carriers[instruction.do](instruction);
    };

    follow(invocation.start());
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
