import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { PATHS } from './support.mjs';

const FUNCTIONS = inRoot('functions', 'functions');
/** The path of the module that the handlers share, as the runtime names it. */
const SERVE = 'features/park-interaction/common/serve';
/** The functions that are no operations: see `parts.test.mjs` and `version.test.mjs`. */
const OTHERS = ['/features/park-interaction/flex/parts', '/features/park-interaction/version'];

/** The handlers' files, each with its path and its access. */
const handlers = readdirSync(FUNCTIONS, { recursive: true })
  .map((file) => [file, /^(.+?)(?:\.(protected|private))?\.js$/.exec(file.replaceAll(sep, '/'))])
  .filter(([, parts]) => parts)
  .map(([file, [, path, access = 'public']]) => ({ file: join(FUNCTIONS, file), path: `/${path}`, access }))
  .filter(({ access }) => access !== 'private');

describe('the handlers', () => {
  let folder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'handlers-'));
    const path = join(folder, 'serve.js');
    writeFileSync(path, `exports.handlerOf = (operation) => operation; exports.PATHS = ${JSON.stringify(PATHS)};`);
    globalThis.Runtime = { getFunctions: () => ({ [SERVE]: { path } }) };
  });
  after(() => {
    delete globalThis.Runtime;
    rmSync(folder, { recursive: true });
  });

  it('are at the paths of the core, one for each operation', () => {
    const require = createRequire(import.meta.url);
    const operations = handlers.filter(({ path }) => !OTHERS.includes(path));
    const nameOf = (file) => {
      const { handler } = require(file);
      // It takes many events, each of which is served like a request of its own.
      return typeof handler === 'string' ? handler : 'event';
    };
    const found = Object.fromEntries(operations.map(({ file, path }) => [nameOf(file), path]));
    assert.deepEqual(found, PATHS);
    assert.equal(operations.length, Object.keys(found).length);
    assert.equal(handlers.length, operations.length + OTHERS.length);
  });

  it('are public only for agents, but for the version, and for the events, which check their signature themselves', () => {
    const others = handlers.filter(({ path }) => ![PATHS.event, '/features/park-interaction/version'].includes(path));
    for (const { path, access } of others) {
      assert.equal(access, path.includes('/flex/') ? 'public' : 'protected', path);
    }
  });
});
