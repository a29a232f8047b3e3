// The functions of the list's figures that run in the page. Each is sent there as it stands, so it may use nothing from outside
// itself.

/** Notes when each message of a WebSocket arrives. Has to run before Flex opens one. */
export function noteArrivals() {
  const { WebSocket } = globalThis;
  /** @type {any} our own global */
  const page = globalThis;
  page.arrivals = [];
  globalThis.WebSocket = class extends WebSocket {
    /** @param {[url: string | URL, protocols?: string | string[]]} parameters */
    constructor(...parameters) {
      super(...parameters);
      this.addEventListener('message', () => void page.arrivals.push(performance.now()));
    }
  };
}

/**
 * Opens the list as soon as its link is there. Returns the time until all rows have been read and their number was painted.
 *
 * @param {string} count the number of rows, as the link says it
 */
export async function openAndReadAll(count) {
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  /** @returns {HTMLElement | null} */
  const find = () => document.querySelector('.Twilio-SideNav [aria-label^="Parked Interactions"]');
  let link = find();
  for (; !link; link = find()) await painted();
  const began = performance.now();
  link.click();
  const isRead = () => document.querySelector('section[aria-labelledby] .count')?.textContent?.startsWith(`${count} `);
  const isReading = () => document.querySelector('section[aria-labelledby] .count')?.textContent?.includes('·');
  while (!isRead() || isReading()) await painted();
  return performance.now() - began;
}

/**
 * Waits for a burst of changes after which the list has `count` rows, and `customer` is shown. Returns the times from the first
 * message about it: of the longest frame, and until all was painted.
 *
 * @param {{ count: string, customer: string }} after
 */
export async function burst({ count, customer }) {
  const frame = () => new Promise(requestAnimationFrame);
  /** @type {any} our own global */
  const page = globalThis;
  page.arrivals.length = 0;
  const isShown = () =>
    document.querySelector('section[aria-labelledby] .count')?.textContent?.startsWith(`${count} `) &&
    document.querySelector('[role=table] [data-conversation]')?.textContent?.includes(customer);
  let [last, longest] = [await frame(), 0];
  for (;;) {
    const now = await frame();
    if (page.arrivals.length > 0) longest = Math.max(longest, now - last);
    last = now;
    if (isShown()) break;
  }
  const end = await frame();
  return { longest: Math.max(longest, end - last), shown: end - page.arrivals[0] };
}
/**
 * Waits until a row with this text is painted. Returns the time.
 *
 * @param {string} text
 */
export async function rowCame(text) {
  const isThere = () =>
    [...document.querySelectorAll('[role=table] [data-conversation]')].some((row) => row.textContent?.includes(text));
  while (!isThere()) await new Promise(requestAnimationFrame);
  return Date.now();
}
