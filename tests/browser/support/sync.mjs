// Stands between a page and Sync, so that Sync can fail.

const REQUEST = /^TWILSOCK V3\.0 \d+\r\n(\{.*?\})\r\n/s;

/**
 * Lets every request for a map, or for those in whose path `part` stands, fail with an HTTP status, or without one stay
 * unanswered, from the page's first one on until `mend()`. Has to stand before the page loads.
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
  return { mend: () => (broken = false) };
}

function headerOf(message) {
  const [, header] = REQUEST.exec(message.toString()) ?? [];
  return header && JSON.parse(header);
}

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
