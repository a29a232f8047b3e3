// The one way to Twilio for these commands. Each request gets a time limit and is repeated where that is safe; in a dry run,
// what would change something is shown instead of sent.

import { TwilioServerlessApiClient } from '@twilio-labs/serverless-api';
import twilio from 'twilio';

import { imaginedAccount } from './imagined.mjs';
import { waitBeforeNext } from './repeat.mjs';
import { shown } from './shown.mjs';

const LIMIT_MS = 30_000;
const UPLOAD_LIMIT_MS = 120_000;
const UPLOAD_HOST = 'serverless-upload.twilio.com';

/**
 * Makes Twilio's two official clients: `client` for everything that has a resource in it, and the Serverless Toolkit's `toolkit`
 * for what must be uploaded.
 *
 * @param {{ accountSid: string, username: string, password: string }} credentials
 * @param {{ dryRun?: boolean, print: (line: string) => void, secrets?: string[], halt?: { on: boolean } }} how while `halt.on`
 *   nothing more is sent; `secrets` are not printed, as the password is not
 */
export function connect(
  { accountSid, username, password },
  { dryRun = false, print, secrets = [], halt = { on: false } },
) {
  const imagined = dryRun ? imaginedAccount() : undefined;
  const line = (request) => shown(request, [password, ...secrets]);

  /** Sends a request, `{ method, url, parameters }`, by `send`. Answers `{ status, body }`. */
  const pass = async (request, send) => {
    if (halt.on) throw new Error('stopped');
    const answer = imagined?.answer(request);
    if (answer) {
      if (answer.wouldChange) print(`  would ${line(request)}`);
      return answer;
    }
    for (let attempt = 1; ; attempt += 1) {
      const answer = await attemptOnce(send);
      const wait = waitBeforeNext({ method: request.method, status: answer.status, attempt });
      // What was removed by an attempt whose answer was lost is gone at the next.
      if (request.method === 'DELETE' && attempt > 1 && answer.status === 404) return { status: 204 };
      if (wait === undefined) return accepted(answer, line(request));
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };

  return {
    client: twilio(username, password, { accountSid, httpClient: new Courier(pass) }),
    toolkit: new Toolkit({ username, password }, pass),
  };
}

/** `{ status, body }`, or `{ error }` where no answer came. */
async function attemptOnce(send) {
  try {
    return await send();
  } catch (error) {
    return { error };
  }
}

function accepted({ status, body, error }, request) {
  if (error) throw new Unanswered(error.message, request);
  if (status < 400) return { status, body };
  throw new Refused(status, typeof body === 'string' ? parsed(body) : body, request);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}

/** Twilio did not answer in time, or the network is not there. */
class Unanswered extends Error {
  constructor(reason, request) {
    super(`Twilio did not answer: ${reason}`);
    this.request = request;
  }
}

/** Twilio answered with an error. */
class Refused extends Error {
  constructor(status, body, request) {
    super(body?.message ?? `Twilio answered ${status}`);
    this.status = status;
    this.code = body?.code;
    this.request = request;
  }
}

/** What the official client sends its requests with. */
class Courier extends twilio.RequestClient {
  #pass;

  constructor(pass) {
    super({ timeout: LIMIT_MS, keepAlive: false });
    this.#pass = pass;
  }

  async request(options) {
    const request = {
      method: options.method.toUpperCase(),
      url: new URL(options.uri),
      parameters: { ...options.params, ...options.data },
    };
    const answer = await this.#pass(request, async () => {
      // The client adds to the options it is given, so each attempt has its own.
      const { statusCode, body } = await super.request({ ...options, headers: { ...options.headers } });
      return { status: statusCode, body };
    });
    return { statusCode: answer.status, body: answer.body };
  }
}

/** The Serverless Toolkit, all of whose requests go through `request`. */
class Toolkit extends TwilioServerlessApiClient {
  #pass;
  #lastError;

  constructor(config, pass) {
    super({ ...config, retryLimit: 1 });
    this.#pass = pass;
  }

  /** Does some work with the toolkit, whose own errors tell no more than "Failed to upload", and throws what really happened. */
  async doing(work) {
    try {
      return await work();
    } catch (error) {
      throw this.#lastError ?? error;
    }
  }

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
      const response = await super.request(method, path, own);
      return { status: response.statusCode, body: response.body };
    }).catch((error) => {
      this.#lastError = error;
      throw error;
    });
    const wantsText = options.responseType === 'text' && typeof body !== 'string';
    return { body: wantsText ? JSON.stringify(body) : body };
  }
}

function addressOf(toolkit, path, { prefixUrl }) {
  if (/^https:/.test(path)) return new URL(path);
  const base = prefixUrl || toolkit.getClient().defaults.options.prefixUrl;
  return new URL(`${base.replace(/\/$/, '')}/${path}`);
}

/** The toolkit makes a form with a file as a stream, which would be empty when it is sent again. */
function sendableTwice({ body, ...options }) {
  if (!body?.getBuffer) return { ...options, body };
  return { ...options, body: body.getBuffer(), headers: { ...options.headers, ...body.getHeaders() } };
}

async function parametersOf({ form, body, headers }) {
  if (form) return form;
  return body ? grouped(await new Response(body, { headers }).formData()) : {};
}

function grouped(pairs) {
  const parameters = {};
  for (const name of new Set(pairs.keys())) {
    const values = pairs.getAll(name);
    parameters[name] = values.length === 1 ? values[0] : values;
  }
  return parameters;
}
