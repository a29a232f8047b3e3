import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { readingsOf } from '../../scripts/lib/readings.mjs';

const folder = mkdtempSync(join(tmpdir(), 'readings-'));
after(() => rmSync(folder, { recursive: true }));

function fileWith(content) {
  const file = join(folder, 'report.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

test('a report sets only the readings that it found', () => {
  const readings = { replay: 'none', 'closed-code': 'other: 50999', 'old-channel': 'not asked: it takes 180 days' };
  const report = { product: 'flex-park-interaction', version: '0.1.0', date: '2026-11-26', readings };
  assert.deepEqual(readingsOf(fileWith(report)), { replay: 'none' });
  assert.deepEqual(readingsOf(fileWith({ replay: 'exclusive' })), { replay: 'exclusive' });
});

test('malformed readings are refused', () => {
  for (const [content, message] of /** @type {[string | object, RegExp][]} */ ([
    [{ readings: { replays: 'none' } }, /there is no reading "replays": expected one of simulator\/README\.md/],
    [{ readings: { replay: 'all' } }, /"all" is not a value of "replay": expected one of inclusive, exclusive, none/],
    [{ readings: { replay: null } }, /null is not a value of "replay"/],
    [{ toString: 'x' }, /there is no reading "toString"/],
    [{ readings: ['replay'] }, /expected a JSON object of readings and their values/],
    ['[]', /expected a JSON object/],
    ['null', /expected a JSON object/],
    ['{', /report\.json: expected JSON: /],
  ])) {
    assert.throws(() => readingsOf(fileWith(content)), message);
  }
  assert.throws(() => readingsOf(join(folder, 'none.json')), /none\.json: expected a file that can be read: /);
});

test('npm start refuses malformed readings before the set-up', () => {
  const file = fileWith({ readings: { replay: 'all' } });
  const args = [inRoot('scripts', 'start.mjs'), '--readings', file];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
  assert.equal(status, 2, stderr);
  assert.match(stderr, /"all" is not a value of "replay"/);
});
