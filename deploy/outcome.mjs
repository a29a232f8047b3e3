// How these commands end.

/** Exit codes, as `--help` lists them. */
export const EXIT = { done: 0, failed: 1, wrongUse: 2, notReady: 3, stillParked: 4, differs: 5 };

/** The command was called in a way that it cannot follow: nothing was asked of Twilio. */
export class WrongUse extends Error {
  code = EXIT.wrongUse;
}

/** The account is not in a state in which this can be done: nothing was changed. */
export class NotReady extends Error {
  code = EXIT.notReady;
}

/** Conversations are parked that would be lost. */
export class StillParked extends Error {
  code = EXIT.stillParked;
}

/** What to print about an error: why, and which request it was. */
export function explanation(error) {
  const twilioCode =
    error.code > 9999 ? ` (Twilio error ${error.code}, https://www.twilio.com/docs/errors/${error.code})` : '';
  const request = error.request ? `\n  The request was: ${error.request}` : '';
  return `${error.message ?? error}${twilioCode}${request}`;
}
