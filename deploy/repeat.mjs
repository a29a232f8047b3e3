// Deciding whether a failed request may be sent again.

/** How often a request is sent, at most. */
export const ATTEMPTS = 4;
const FIRST_WAIT_MS = 500;

/**
 * Returns the wait before a request is sent again, in milliseconds; `undefined` if it is not sent again.
 *
 * 429 means that nothing was done. After 5xx or silence nobody knows whether it was, so only requests that may be done twice are
 * repeated.
 *
 * @param {{ method: string, status?: number, attempt: number }} sent without a `status` there was no response; `attempt` counts from 1
 */
export function waitBeforeNext({ method, status, attempt }) {
  const isOpen = status === undefined || status >= 500;
  const again = status === 429 || (isOpen && (method === 'GET' || method === 'DELETE'));
  return again && attempt < ATTEMPTS ? FIRST_WAIT_MS * 2 ** (attempt - 1) : undefined;
}
