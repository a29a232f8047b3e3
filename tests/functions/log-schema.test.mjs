// The lines of the Functions' log, against docs/log-line.schema.json.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';

import { logFile } from '../../scripts/lib/exec.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { CHECK, deskOfSuite, PARK, PATHS, RECONCILE, until } from './support.mjs';

/** @type {new (options: object) => { compile: (schema: object) => { (line: unknown): boolean, errors?: object[] | null } }} */
const Ajv = createRequire(inRoot('functions', 'package.json'))('ajv/dist/2020.js').default;
const isLine = new Ajv({ allErrors: true }).compile(
  JSON.parse(readFileSync(inRoot('docs', 'log-line.schema.json'), 'utf8')),
);

/** Returns the lines of the Functions that this process has started. */
function lines() {
  const folder = dirname(logFile('twilio-run'));
  const files = readdirSync(folder).filter((file) => file.startsWith(`twilio-run-${process.pid}-`));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  return texts.flatMap((text) => text.split('\n')).filter((line) => line.startsWith('{"operation":'));
}

describe('the schema of log lines', () => {
  const desk = deskOfSuite();

  it('holds for every operation, done or refused', async () => {
    const token = (agent) => ({ Token: desk.agent(agent).token });
    await desk.parked('charlie', { reason: 'Order number' });
    await desk.call(CHECK, { ...token('ada'), conversationSid: desk.customer('charlie').conversationSid });
    await desk.keep('charlie', 'ada', 24);
    await desk.resume('charlie', 'ben');
    await desk.writes('charlie', 'Here it is');
    await desk.parked('sam');
    await desk.change('sam', 'ada', { reason: 'Payment' });
    await desk.give('sam', 'sue', { workerSid: desk.agent('ada').workerSid });
    await desk.give('sam', 'ada');
    await desk.close('sam', 'ada');
    await desk.parked('wanda');
    await desk.call(PATHS.access, token('ada'));
    await desk.call(PATHS.team, token('sue'));
    await desk.call(PATHS.team, { ...token('sue'), roomOf: desk.agent('ada').workerSid });
    await desk.signed(RECONCILE, { release: 'true' });
    await desk.call(PARK, {});
    await desk.call(PARK, { ...token('ada'), prepare: 'true' });
    await desk.call(PARK, { Token: 'forged', conversationSid: desk.customer('sam').conversationSid });
    const wanted = ['park', 'check', 'keep', 'resume', 'wake', 'give', 'change', 'end', 'access', 'team', 'reconcile'];
    const found = await until('a line of each operation', () => {
      const all = lines().map((line) => JSON.parse(line));
      const has = (name) => all.some(({ operation }) => operation === name);
      const isWoken = all.some(({ cause }) => cause === 'message');
      return wanted.every(has) && isWoken && all;
    });
    for (const line of found) assert.ok(isLine(line), `${JSON.stringify(line)}: ${JSON.stringify(isLine.errors)}`);
    assert.ok(found.some(({ changed }) => changed) && found.some(({ message }) => message));
  });

  it('refuses other lines', () => {
    const line = { operation: 'park', outcome: 'parked', calls: 1, ms: 1 };
    assert.ok(isLine(line));
    for (const wrong of [
      { operation: 'sing' },
      { outcome: 'lost' },
      { ms: -1 },
      { customer: 'Charlie' },
      { by: 'ada' },
    ]) {
      assert.ok(!isLine({ ...line, ...wrong }), JSON.stringify(wrong));
    }
  });
});
