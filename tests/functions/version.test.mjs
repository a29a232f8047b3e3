import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { deskOfSuite } from './support.mjs';

describe('the version of the Functions', () => {
  const desk = deskOfSuite();

  it('is told to everybody, and nothing else is', async () => {
    const response = await fetch(`${desk.functionsUrl}/features/park-interaction/version`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
    assert.deepEqual(await response.json(), { product: 'park-interaction', version });
  });

  it('comes without a request to Twilio', async () => {
    await desk.control('DELETE', 'journal');
    await fetch(`${desk.functionsUrl}/features/park-interaction/version?Token=x&sha256=y`);
    const { requests } = await desk.control('GET', 'journal');
    assert.deepEqual(
      requests.filter(({ host }) => host.endsWith('.twilio.com')),
      [],
    );
  });
});
