const { createHash, timingSafeEqual } = require('node:crypto');
const { validateBody, validateRequest } = require('twilio');

const { answer, failed, PATHS, serve } = require(Runtime.getFunctions()['features/park-interaction/common/serve'].path);

/** The path of this function. It is public, because Twilio does not say whether the signature check of a protected one knows JSON. */
const PATH = PATHS.event;

/** The user in the address of the sink. The password is the variable of this name. */
const USER = 'park-interaction';
const KEY = 'PARK_INTERACTION_EVENTS_KEY';

// Twilio waits five seconds for a response and then delivers the events again: what is begun later is left to that delivery.
const BEGIN_WITHIN_MS = 4_000;

/**
 * Takes the events of Event Streams: a JSON list of CloudEvents, which the runtime hands over as the parameters "0", "1" and so on. Each is
 * handled like a request of its own. A response other than 2xx makes Twilio deliver all of them again.
 *
 * https://www.twilio.com/docs/events/webhook-quickstart
 *
 * @param {Context} context
 * @param {FunctionEvent} event
 * @param {Callback} callback
 */
exports.handler = async (context, event, callback) => {
  const { status, body } = await take(context, event).catch((error) => failed(PATH, error));
  callback(null, answer(status, body));
};

/**
 * @param {Context} context
 * @param {FunctionEvent} event
 * @returns {Promise<{ status: number, body: unknown }>}
 */
async function take(context, event) {
  const began = Date.now();
  if (!context.AUTH_TOKEN) {
    const refusal = { kind: 'misconfigured', field: 'AUTH_TOKEN' };
    return refused(
      500,
      refusal,
      "environment variable `AUTH_TOKEN`: expected the account's, as Twilio gives it to Functions",
    );
  }
  const events = eventsOf(event);
  if (!isFromTwilio(context, event, events)) {
    return refused(403, { kind: 'notAllowed' }, 'expected a request that Twilio has signed');
  }
  if (events.length === 0) {
    return refused(400, { kind: 'badRequest', field: 'body' }, '`body`: expected a list of events');
  }
  let worst = { status: 200, body: /** @type {unknown} */ ({ outcome: 'ignored' }) };
  for (const one of events) {
    if (Date.now() - began > BEGIN_WITHIN_MS) {
      const rest = 'too many events for one request: the rest is done when it comes again';
      return refused(503, { kind: 'twilioUnavailable' }, rest);
    }
    const served = await serve(PATH, context, one, began);
    if (served.status >= worst.status) worst = served;
  }
  return worst;
}

/**
 * Returns the events of a request.
 *
 * @param {FunctionEvent} event
 * @returns {unknown[]}
 */
function eventsOf(event) {
  const events = [];
  while (Object.hasOwn(event, events.length)) events.push(event[events.length]);
  return events;
}

/**
 * Returns true if Twilio has sent the request: it has signed the address, and the body is the one whose hash is in the address. The runtime
 * hands over the body's content only. If that, written as JSON again, is not what was sent to the letter, the sender has to know the
 * password of the sink.
 *
 * @param {Context} context
 * @param {FunctionEvent} event
 * @param {unknown[]} events
 */
function isFromTwilio(context, { request, bodySHA256 }, events) {
  if (typeof bodySHA256 !== 'string' || !/^[0-9a-f]{64}$/i.test(bodySHA256)) return false;
  // The runtime lays parameters over `request`, so that before the signature is checked, anybody may have written anything there.
  const { 'x-twilio-signature': signature, authorization } = request?.headers ?? {};
  if (typeof signature !== 'string') return false;
  const key = context[KEY] || undefined;
  // Twilio does not say whether it signs the address with or without user and password.
  const isSigned = ['', ...(key ? [`${USER}:${key}@`] : [])].some((user) => {
    const url = `https://${user}${context.DOMAIN_NAME}${PATH}?bodySHA256=${bodySHA256}`;
    return validateRequest(context.AUTH_TOKEN, signature, url, {});
  });
  return isSigned && (validateBody(JSON.stringify(events), bodySHA256) || knows(key, authorization));
}

/**
 * Returns true if a header of HTTP Basic has the key as its password.
 *
 * @param {string | undefined} key
 * @param {unknown} header
 */
function knows(key, header) {
  if (!key || typeof header !== 'string') return false;
  /** @param {string} text */
  const hash = (text) => createHash('sha256').update(text).digest();
  const expected = `Basic ${Buffer.from(`${USER}:${key}`).toString('base64')}`;
  return timingSafeEqual(hash(header), hash(expected));
}

/**
 * Returns the response to a request of which nothing was done, and writes its line of the log.
 *
 * @param {number} status
 * @param {{ kind: string, field?: string }} refusal
 * @param {string} message
 */
function refused(status, refusal, message) {
  console.log(JSON.stringify({ operation: 'event', outcome: refusal.kind, message, calls: 0, ms: 0 }));
  return { status, body: { outcome: 'refused', refusal, message } };
}
