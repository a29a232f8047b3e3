// The one way to Twilio for these commands. Each request gets a time limit and is repeated where that is safe; in a dry run,
// what would change something is shown instead of sent.

import { setTimeout as sleep } from 'node:timers/promises';

import { TwilioServerlessApiClient } from '@twilio-labs/serverless-api';
import twilio from 'twilio';

import { messageOf } from '../scripts/lib/errors.mjs';
import { imaginedAccount } from './imagined.mjs';
import { ATTEMPTS, waitBeforeNext } from './repeat.mjs';
import { shown, without } from './shown.mjs';

const LIMIT_MS = 30_000;
const UPLOAD_LIMIT_MS = 120_000;
const UPLOAD_HOST = 'serverless-upload.twilio.com';

/**
 * @typedef {import('twilio').Twilio} Client Twilio's official client
 * @typedef {import('@twilio-labs/serverless-api').ClientConfig} ToolkitConfig
 */

/**
 * The options of a request of the official client, and of the toolkit.
 *
 * @typedef {import('twilio').RequestClient} RequestClient
 * @typedef {Parameters<RequestClient['request']>[0]} RequestOptions
 * @typedef {Parameters<TwilioServerlessApiClient['request']>[0]} Method
 * @typedef {object} ToolkitOptions
 * @property {Record<string, any>} [form] any: texts, or lists of texts
 * @property {any} [body] any: text, a buffer, or a form of the package `form-data`
 * @property {Record<string, string | string[] | undefined>} [headers]
 * @property {string | URL} [prefixUrl]
 * @property {string} [responseType]
 */

/**
 * A request that is about to be sent.
 *
 * @typedef {{ method: string, url: URL, parameters?: Record<string, unknown> }} Request
 */

/**
 * A response; its body is what the client makes of it. Without a status there was none.
 *
 * @typedef {{ status: number, body?: any }} Response
 */

/**
 * Sends a request, unless it is imagined. Throws where Twilio refuses it or does not respond.
 *
 * @typedef {(request: Request, send: () => Promise<Response>) => Promise<Response>} Pass
 */

/**
 * While it is `on`, nothing more is sent.
 *
 * @typedef {{ on: boolean }} Halt
 */

/**
 * Makes Twilio's two official clients: `client` for everything that has a resource in it, and the Serverless Toolkit's `toolkit`
 * for what must be uploaded.
 *
 * @param {import('./credentials.mjs').Credentials} credentials
 * @param {object} how
 * @param {boolean} [how.dryRun]
 * @param {(line: string) => void} how.print
 * @param {(string | undefined)[]} [how.secrets] are not printed, like the password
 * @param {Halt} [how.halt]
 * @returns {{ client: Client, toolkit: Toolkit }}
 */
export function connect(
  { accountSid, username, password },
  { dryRun = false, print, secrets = [], halt = { on: false } },
) {
  const imagined = dryRun ? imaginedAccount() : undefined;
  /** @param {Request} request */
  const line = (request) => shown(request, [password, ...secrets]);
  /** @param {string} text Twilio's own words may quote the request */
  const hide = (text) => without([password, ...secrets], text);

  // Requests go side by side, and fail together.
  let isTold = false;
  /** @type {Pass} */
  const pass = async (request, send) => {
    if (halt.on) throw new Error('stopped');
    const fake = imagined?.answer(request);
    if (fake) {
      if (fake.wouldChange) print(`  would ${line(request)}`);
      return fake;
    }
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await attemptOnce(send);
      const wait = waitBeforeNext({ method: request.method, status: outcome.status, attempt });
      // An earlier attempt whose response was lost has removed it.
      if (request.method === 'DELETE' && attempt > 1 && outcome.status === 404) return { status: 204 };
      if (wait === undefined) return accepted(outcome, line(request), hide);
      if (outcome.status === undefined && !isTold) {
        isTold = true;
        print(
          `  note: Twilio did not respond: ${hide(messageOf(outcome.error))}. Trying again, at most ${ATTEMPTS - 1} times.`,
        );
      }
      await sleep(wait);
    }
  };

  return {
    client: twilio(username, password, { accountSid, httpClient: new Courier(pass) }),
    toolkit: new Toolkit({ username, password }, pass),
  };
}

/**
 * Sends once. Returns the response, or the `error` where there was none.
 *
 * @typedef {Response | { status?: undefined, body?: undefined, error: unknown }} Outcome
 * @param {() => Promise<Response>} send
 * @returns {Promise<Outcome>}
 */
async function attemptOnce(send) {
  try {
    return await send();
  } catch (error) {
    return { error };
  }
}

/**
 * Returns a successful response. Throws otherwise.
 *
 * @param {Outcome} outcome
 * @param {string} request
 * @param {(text: string) => string} hide
 * @returns {Response}
 */
function accepted(outcome, request, hide) {
  if (outcome.status === undefined) throw new Unanswered(hide(messageOf(outcome.error)), request);
  const { status, body } = outcome;
  if (status < 400) return { status, body };
  const { message, code } = (typeof body === 'string' ? parsed(body) : body) ?? {};
  throw new Refused(status, { message: typeof message === 'string' ? hide(message) : undefined, code }, request);
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}

/** Twilio did not respond in time, or the network is not there. */
class Unanswered extends Error {
  /**
   * @param {string} reason
   * @param {string} request
   */
  constructor(reason, request) {
    super(`Twilio did not respond: ${reason}. Is there a way to twilio.com from this machine?`);
    this.request = request;
  }
}

/** Twilio responded with an error. */
class Refused extends Error {
  /**
   * @param {number} status
   * @param {{ message?: string, code?: number } | undefined} body
   * @param {string} request
   */
  constructor(status, body, request) {
    super(body?.message ?? `Twilio responded ${status}`);
    this.status = status;
    this.code = body?.code;
    this.request = request;
  }
}

/** Sends the requests of the official client. */
class Courier extends twilio.RequestClient {
  /** @type {Pass} */
  #pass;

  /** @param {Pass} pass */
  constructor(pass) {
    super({ timeout: LIMIT_MS, keepAlive: false });
    this.#pass = pass;
  }

  /**
   * @param {RequestOptions} options
   * @returns {Promise<any>} any: the client reads the status and the body only
   */
  async request(options) {
    const request = {
      method: options.method.toUpperCase(),
      url: new URL(options.uri),
      parameters: { ...options.params, .../** @type {object | undefined} a form or JSON */ (options.data) },
    };
    const { status, body } = await this.#pass(request, async () => {
      // The client adds to its options, so each attempt has its own.
      const response = await super.request({ ...options, headers: { ...options.headers } });
      return { status: response.statusCode, body: response.body };
    });
    return { statusCode: status, body };
  }
}

/** The Serverless Toolkit, all of whose requests go through `request`. */
export class Toolkit extends TwilioServerlessApiClient {
  /** @type {Pass} */
  #pass;
  /** @type {unknown} */
  #lastError;

  /**
   * @param {{ username: string, password: string }} credentials
   * @param {Pass} pass
   */
  constructor(credentials, pass) {
    const settings = { ...credentials, retryLimit: 1 };
    super(settings);
    /** @type {ToolkitConfig} */
    this.settings = settings;
    this.#pass = pass;
  }

  /**
   * Does some work with the toolkit, whose own errors say no more than "Failed to upload". Throws the error of the request instead.
   *
   * @template T
   * @param {() => Promise<T>} work
   */
  async doing(work) {
    try {
      return await work();
    } catch (error) {
      throw this.#lastError ?? error;
    }
  }

  /**
   * @param {Method} method
   * @param {string} path
   * @param {ToolkitOptions} [given]
   * @returns {Promise<any>} any: the toolkit reads the body only
   */
  async request(method, path, given = {}) {
    const options = sendableTwice(given);
    const request = {
      method: method.toUpperCase(),
      url: addressOf(this, path, options),
      parameters: await parametersOf(options),
    };
    const limit = request.url.host === UPLOAD_HOST ? UPLOAD_LIMIT_MS : LIMIT_MS;
    const { body } = await this.#pass(request, async () => {
      const own = { ...options, timeout: { request: limit }, throwHttpErrors: false };
      // Its options, with a limit: how it reads the body stays as it is.
      const response = await super.request(method, path, /** @type {{ responseType: 'text' }} */ (own));
      return { status: response.statusCode, body: response.body };
    }).catch((/** @type {unknown} */ error) => {
      this.#lastError = error;
      throw error;
    });
    const wantsText = options.responseType === 'text' && typeof body !== 'string';
    return { body: wantsText ? JSON.stringify(body) : body };
  }
}

/**
 * @param {Toolkit} toolkit
 * @param {string} path
 * @param {ToolkitOptions} options
 */
function addressOf(toolkit, path, { prefixUrl }) {
  if (/^https:/.test(path)) return new URL(path);
  const base = prefixUrl || toolkit.getClient().defaults.options.prefixUrl;
  return new URL(`${String(base).replace(/\/$/, '')}/${path}`);
}

/**
 * Returns options that can be used twice. The toolkit makes a form with a file as a stream, which would be empty the second time.
 *
 * @param {ToolkitOptions} options
 * @returns {ToolkitOptions}
 */
function sendableTwice({ body, ...options }) {
  if (!body?.getBuffer) return { ...options, body };
  return { ...options, body: body.getBuffer(), headers: { ...options.headers, ...body.getHeaders() } };
}

/**
 * @param {ToolkitOptions} options
 * @returns {Promise<Record<string, unknown>>}
 */
async function parametersOf({ form, body, headers }) {
  if (form) return form;
  return body
    ? grouped(
        await new Response(body, {
          headers: /** @type {Record<string, string>} each is one text */ (headers),
        }).formData(),
      )
    : {};
}

/** @param {FormData} pairs */
function grouped(pairs) {
  /** @type {Record<string, unknown>} */
  const parameters = {};
  for (const name of new Set(pairs.keys())) {
    const values = pairs.getAll(name);
    parameters[name] = values.length === 1 ? values[0] : values;
  }
  return parameters;
}
