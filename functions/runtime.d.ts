// The types of what Twilio's runtime provides to the Functions, as far as they use it, and of the core that it serves as an asset.
// https://www.twilio.com/docs/serverless/functions-assets/client

/** The environment of an invocation: the account's variables, and a client for the account. */
interface Context {
  getTwilioClient(options?: { httpClient: import('twilio').RequestClient }): import('twilio').Twilio;
  /** any: a text for each variable that is set, beside the function above. */
  [variable: string]: any;
}

/** The parameters of a request, and the `request` itself with its headers. */
interface FunctionEvent {
  request: { headers: Record<string, string> };
  [parameter: string]: unknown;
}

/** Takes an error, or a response: an object is sent as JSON. */
type Callback = (error: Error | string | null, response?: Twilio.Response | object) => void;

declare namespace Twilio {
  class Response {
    setStatusCode(status: number): void;
    appendHeader(name: string, value: string): void;
    setBody(body: unknown): void;
  }
}

declare const Runtime: {
  getFunctions(): Record<string, { path: string }>;
  getAssets(): Record<string, { path: string }>;
};

/** One invocation in the core, `src/functions/exports.rs`. Texts are JSON. */
interface Invocation {
  /** Returns the first instructions. */
  start(): string;
  /** Takes the report of a carried out instruction. Returns the next instructions. */
  report(report: string, nowMs: number): string;
  /** Ends the invocation, which has taken too long. Returns the instructions. */
  giveUp(nowMs: number): string;
  free(): void;
}

/** The instructions of the core. */
interface Instructions {
  request: { do: 'request'; id: string; http: Parameters<import('twilio').Twilio['request']>[0] };
  wait: { do: 'wait'; id: string; ms: number };
  answer: { do: 'answer'; status: number; body: unknown; log: Record<string, unknown> };
}

type Instruction = Instructions[keyof Instructions];
