import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { environmentOf, findRunning, noteRunning } from '../../scripts/lib/running.mjs';
import { keepTokens } from '../../scripts/lib/tokens.mjs';
import { until } from '../support/until.mjs';

/** A server in place of the simulator's control endpoints. */
/** @type {any} the fields that these tests read */
const facts = { accountSid: 'AC1', authToken: 'a token', agents: [] };
let folder;
let server;
let url;
const requests = [];
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'running-'));
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(facts));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  url = `http://127.0.0.1:${port}`;
});
after(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe('--simulator', () => {
  it('finds the running contact centre by its note', async () => {
    const note = join(folder, 'running.json');
    const remove = noteRunning({ simulatorUrl: url, tlsPort: 4433 }, note);
    const running = await findRunning(note);
    assert.deepEqual(running, { simulatorUrl: url, tlsPort: 4433, facts });
    const env = await environmentOf(/** @type {any} these facts are enough */ (running));
    assert.equal(env.TWILIO_ACCOUNT_SID, 'AC1');
    assert.equal(env.TWILIO_AUTH_TOKEN, 'a token');
    assert.equal(env.TWILIO_API_KEY, '', 'the key of a real account is not used');
    assert.equal(env.SIMULATOR_TLS_PORT, '4433');
    remove();
    assert.equal(existsSync(note), false);
  });

  it('leaves the note of a later one', () => {
    const note = join(folder, 'later.json');
    const remove = noteRunning({ simulatorUrl: url, tlsPort: 1 }, note);
    noteRunning({ simulatorUrl: url, tlsPort: 2 }, note);
    remove();
    assert.equal(existsSync(note), true);
  });

  it('says how to start one where none runs', async () => {
    await assert.rejects(findRunning(join(folder, 'none.json')), /No contact centre runs .*npm start/);
    const note = join(folder, 'ended.json');
    writeFileSync(note, JSON.stringify({ simulatorUrl: 'http://127.0.0.1:1', tlsPort: 1 }));
    await assert.rejects(findRunning(note), /npm start.*Nothing answers at http:\/\/127\.0\.0\.1:1/);
  });
});

describe('the addresses of the desktops', () => {
  const agent = (ms) => ({
    ...{ identity: 'ada', name: 'Ada', workerSid: 'WK1', roles: [], token: 't', url: '/desktop?token=1' },
    tokenExpires: new Date(Date.now() + ms).toISOString(),
  });

  it('are printed with their end', () => {
    const line = keepTokens({ simulatorUrl: url, facts: { agents: [agent(8 * 3_600_000)] } }, () => {});
    assert.match(line, /^The addresses of the desktops hold until \d\d:\d\d; new ones are printed/);
  });

  it('are made anew before they end', async () => {
    facts.agents = [{ ...agent(8 * 3_600_000), url: '/desktop?token=2' }];
    requests.length = 0;
    const printed = [];
    keepTokens({ simulatorUrl: url, facts: { agents: [agent(60_000)] } }, (line) => printed.push(line));
    await until('new addresses', async () => printed.length === 3);
    assert.deepEqual(requests, ['POST /__sim/tokens', 'GET /__sim/facts']);
    assert.match(printed[1], /Ada's desktop .*\/desktop\?token=2$/);
  });
});
