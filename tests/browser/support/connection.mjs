// Cuts a page's connection to Sync, as a lost network does. The page's other connections stay.

/**
 * Makes the page's connections to Sync cuttable. Call it before the page loads.
 *
 * @typedef {{ cut: () => void, mend: () => void }} Line
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<Line>}
 */
export async function cuttable(page) {
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
