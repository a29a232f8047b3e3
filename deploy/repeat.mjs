// Whether a request that went wrong may be sent again.

const ATTEMPTS = 4;
const FIRST_WAIT_MS = 500;

/**
 * How long to wait before a request is sent again, in milliseconds, or `undefined`: it is not. Without a `status` no answer came.
 *
 * 429 means that nothing was done. After 5xx or silence nobody knows whether it was, so only what may be done twice is repeated.
 */
export function waitBeforeNext({ method, status, attempt }) {
  const isOpen = status === undefined || status >= 500;
  const again = status === 429 || (isOpen && (method === 'GET' || method === 'DELETE'));
  return again && attempt < ATTEMPTS ? FIRST_WAIT_MS * 2 ** (attempt - 1) : undefined;
}
