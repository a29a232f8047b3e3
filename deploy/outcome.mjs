// The ways in which these commands end.

import { WRONG_USE, WrongUse } from '../scripts/lib/command-line.mjs';
import { asThrown } from '../scripts/lib/errors.mjs';

export { WrongUse };

/** Exit codes, as `--help` lists them. */
export const EXIT = {
  done: 0,
  failed: 1,
  wrongUse: WRONG_USE,
  notReady: 3,
  stillParked: 4,
  differs: 5,
  notConfirmed: 7,
};

/** The status of Twilio's response to credentials that it does not know. */
const UNAUTHORIZED = 401;

/** The account is not ready for the command: nothing was changed. */
export class NotReady extends Error {
  code = EXIT.notReady;
}

/** Conversations are parked that would be lost. */
export class StillParked extends Error {
  code = EXIT.stillParked;
}

/** The owner did not agree: nothing was changed. */
export class NotConfirmed extends Error {
  code = EXIT.notConfirmed;
}

/**
 * Returns the exit code of a failure.
 *
 * @param {unknown} error
 * @returns {number}
 */
export function exitCodeOf(error) {
  const { code, status } = asThrown(error);
  if (status === UNAUTHORIZED) return EXIT.wrongUse;
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
 * Advice by the HTTP status of Twilio's response.
 *
 * @type {Record<number, string>}
 */
const ADVICE = {
  [UNAUTHORIZED]:
    '\n  Expected: TWILIO_ACCOUNT_SID of the account that has Flex, with its live Auth Token as TWILIO_AUTH_TOKEN, or TWILIO_API_KEY\n' +
    '  and TWILIO_API_SECRET of that account (Console, Account, API keys & tokens). They are read from the environment, then .env.',
  403: '\n  Expected: credentials that may do that: the Auth Token of the account, or a main API key.',
};

/**
 * Returns the text of an error for the user: the reason, and the request that failed.
 *
 * @param {unknown} error
 */
export function explanation(error) {
  const { message, request, status } = asThrown(error);
  const code = twilioCodeOf(error);
  const twilioCode = code ? ` (Twilio error ${code}, https://www.twilio.com/docs/errors/${code})` : '';
  const advice = ADVICE[/** @type {number} undefined finds none */ (status)] ?? '';
  return `${message}${twilioCode}${request ? `\n  The request was: ${request}` : ''}${advice}`;
}
