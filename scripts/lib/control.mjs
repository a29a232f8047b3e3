// The simulator's control endpoints (see `simulator/README.md`).

/** Asks one, below `__sim/`, of the simulator at `simulatorUrl`; gives the JSON that it answers. */
export async function control(simulatorUrl, method, path, body) {
  const response = await fetch(`${simulatorUrl}/__sim/${path}`, {
    method,
    headers: body && { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} /__sim/${path} of the simulator: ${response.status} ${text}`);
  return JSON.parse(text);
}
