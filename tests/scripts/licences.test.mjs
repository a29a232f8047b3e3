import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { isAllowed, npmLicences } from '../run/licences.mjs';

describe('a licence expression', () => {
  const allowed = ['MIT', 'Apache-2.0', 'BSD-3-Clause'];

  it('is allowed if the allowed licences meet it', () => {
    for (const expression of [
      'MIT',
      '(MIT OR GPL-2.0)',
      'GPL-2.0 OR MIT',
      '(MIT AND Apache-2.0)',
      '(GPL-2.0 OR MIT) AND BSD-3-Clause',
      'GPL-2.0 AND MIT OR Apache-2.0',
    ]) {
      assert.equal(isAllowed(expression, allowed), true, expression);
    }
  });

  it('is refused otherwise, and if it is malformed', () => {
    for (const expression of [
      'GPL-2.0',
      'MIT AND GPL-2.0',
      'GPL-2.0 AND MIT',
      '(MIT OR Apache-2.0) AND GPL-2.0',
      'SEE LICENSE IN FILE',
      'MIT (somewhere)',
      '(MIT',
      '',
      undefined,
    ]) {
      assert.equal(isAllowed(expression, allowed), false, expression);
    }
  });
});

describe('the npm packages of the lock files', () => {
  it('have licences that are allowed', () => {
    assert.deepEqual(npmLicences(), []);
  });
});
