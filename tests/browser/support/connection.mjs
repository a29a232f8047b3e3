// Cuts a page's connection to Sync, as a lost network does. The page's other connections stay.

/** What Flex itself reports after it: it asks again for the conversations that its agent has left. */
const FLEX_ASKS_AGAIN = [
  /Failed to (subscribe on|load messages|load (conversation )?participants)/,
  /SyncError2: not found \(status: 404, code: 54(150|200)\)/,
];

/**
 * Makes the page's connections to Sync cuttable. Call it before the page loads.
 *
 * @typedef {{ cut: () => void, mend: () => void }} Line
 * @param {import('@playwright/test').Page} page
 * @param {import('./test.mjs').TestFixtures['troubles']} troubles
 * @returns {Promise<Line>}
 */
export async function cuttable(page, troubles) {
  for (const report of FLEX_ASKS_AGAIN) troubles.expect(report);
  /** @type {Set<import('@playwright/test').WebSocketRoute>} */
  const open = new Set();
  let isCut = false;
  await page.routeWebSocket(/tsock/, (socket) => {
    if (isCut) {
      socket.close();
      return;
    }
    socket.connectToServer();
    open.add(socket);
  });
  return {
    cut() {
      isCut = true;
      for (const socket of open) socket.close();
      open.clear();
    },
    mend() {
      isCut = false;
    },
  };
}
