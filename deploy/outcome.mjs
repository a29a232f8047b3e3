// The ways in which these commands end.

import { asThrown } from '../scripts/lib/errors.mjs';

/** Exit codes, as `--help` lists them. */
export const EXIT = { done: 0, failed: 1, wrongUse: 2, notReady: 3, stillParked: 4, differs: 5 };

/** The command line or the credentials cannot be used: nothing was asked of Twilio. */
export class WrongUse extends Error {
  code = EXIT.wrongUse;
}

/** The account is not ready for the command: nothing was changed. */
export class NotReady extends Error {
  code = EXIT.notReady;
}

/** Conversations are parked that would be lost. */
export class StillParked extends Error {
  code = EXIT.stillParked;
}

/**
 * Returns the exit code of a failure.
 *
 * @param {unknown} error
 * @returns {number}
 */
export function exitCodeOf(error) {
  const { code } = asThrown(error);
  return Object.values(EXIT).find((known) => known === code) ?? EXIT.failed;
}

/** The smallest of Twilio's error codes: https://www.twilio.com/docs/api/errors */
const FIRST_TWILIO_CODE = 10_000;

/**
 * Returns Twilio's code of an error, or `undefined` where the error is not Twilio's.
 *
 * @param {unknown} error
 */
export function twilioCodeOf(error) {
  const code = Number(asThrown(error).code);
  return code >= FIRST_TWILIO_CODE ? code : undefined;
}

/**
 * Returns the text of an error for the user: the reason, and the request that failed.
 *
 * @param {unknown} error
 */
export function explanation(error) {
  const { message, request } = asThrown(error);
  const code = twilioCodeOf(error);
  const twilioCode = code ? ` (Twilio error ${code}, https://www.twilio.com/docs/errors/${code})` : '';
  return `${message}${twilioCode}${request ? `\n  The request was: ${request}` : ''}`;
}
