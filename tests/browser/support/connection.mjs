// Cuts a page's connection to Sync, as a lost network does. The page's other connections stay.

/** Has to stand before the page loads. */
export async function cuttable(page) {
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
