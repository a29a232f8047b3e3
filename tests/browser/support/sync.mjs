// Failures of Sync: a proxy between a page and Sync.

const REQUEST = /^TWILSOCK V3\.0 \d+\r\n(\{.*?\})\r\n/s;

/**
 * Makes every request for a map, or for paths with `part`, fail until `mend()`: with an HTTP status, or by no response if there is
 * none. Call it before the page loads.
 *
 * @typedef {{ mend: () => void }} Broken
 * @param {import('@playwright/test').Page} page
 * @param {number} [status]
 * @param {string} [part]
 * @returns {Promise<Broken>}
 */
export async function breakSync(page, status, part = '/Maps') {
  let broken = true;
  await page.routeWebSocket(/tsock/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const header = headerOf(message);
      if (!broken || !header?.http_request?.path.includes(part)) server.send(message);
      else if (status) socket.send(refusal(header.id, status));
    });
  });
  return {
    mend() {
      broken = false;
    },
  };
}

/** @param {string | Buffer} message */
function headerOf(message) {
  const [, header] = REQUEST.exec(message.toString()) ?? [];
  return header && JSON.parse(header);
}

/**
 * @param {string} id
 * @param {number} code
 */
function refusal(id, code) {
  const header = JSON.stringify({
    method: 'reply',
    id,
    status: { code: 200, status: 'OK' },
    http_status: { code, status: 'Error' },
    http_headers: {},
    payload_size: 0,
  });
  return Buffer.from(`TWILSOCK V3.0 ${header.length}\r\n${header}\r\n`);
}
