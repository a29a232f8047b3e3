import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';

import { readParts } from '../../scripts/setup/plugin-parts.mjs';
import { readTexts, served } from '../../scripts/setup/plugin-texts.mjs';
import { deskOfSuite } from './support.mjs';

/** The function that serves parts of the plugin. It has no part in the core. */
const PARTS = '/features/park-interaction/flex/parts';

const languages = served(await readTexts());
const parts = await readParts();

describe('the parts of the plugin', () => {
  const desk = deskOfSuite();

  /** Requests a part as a page does: without a token or another header. */
  const get = async (query) => {
    const url = `${desk.functionsUrl}${PARTS}${query}`;
    const response = await fetch(url, { headers: { origin: 'https://flex.twilio.com' } });
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
  };

  for (const [sha256, { type, content }] of parts) {
    it(`are served by their hash, for any page, to be kept: ${type} ${sha256}`, async () => {
      const { status, headers, body } = await get(`?sha256=${encodeURIComponent(sha256)}`);
      assert.equal(status, 200);
      assert.equal(createHash('sha256').update(body).digest('base64'), sha256);
      assert.equal(body.toString(), content);
      assert.equal(headers.get('access-control-allow-origin'), '*');
      assert.match(headers.get('cache-control') ?? '', /max-age=31536000, immutable/);
      assert.equal(headers.get('content-type'), `${type}; charset=utf-8`);
    });
  }

  for (const query of [
    '',
    '?sha256=',
    '?sha256=constructor',
    '?sha256[]=a&sha256[]=b',
    '?sha256[toString]=a',
    '?tag=th',
  ]) {
    it(`are not found by “${query}”, and that is not kept`, async () => {
      const { status, headers } = await get(query);
      assert.equal(status, 404);
      assert.equal(headers.get('access-control-allow-origin'), '*');
      assert.equal(headers.get('cache-control'), 'no-store');
    });
  }

  it('are not found by a body that is not what a page sends', async () => {
    assert.equal((await desk.call(PARTS, { sha256: { toString: 1 } })).status, 404);
  });

  it('are the texts of each language, and the code for supervisors', () => {
    const types = parts.map(([, { type }]) => type);
    assert.deepEqual(types, [...Object.keys(languages).map(() => 'text/plain'), 'text/javascript']);
  });

  it('have the same number of lines in each language, one for each English text', async () => {
    const { 'en-US': english } = await readTexts();
    for (const [tag, { content }] of Object.entries(languages)) {
      assert.equal(content.split('\n').length, Object.keys(english).length, tag);
    }
  });
});
