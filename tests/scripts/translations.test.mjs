import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { compare, unused } from '../run/translations.mjs';

describe('translations', () => {
  const english = { Parked: 'Parked', Failed: 'Failed: {{field}}' };

  it('may lack a text, which is reported', () => {
    assert.deepEqual(compare('th', { Parked: 'พัก' }, english), { missing: ['th: Failed'], wrong: [] });
  });

  it('may have no key or value that English lacks', () => {
    const texts = { Parked: 'พัก', Failed: '{{code}}', Sold: 'x' };
    assert.deepEqual(compare('th', texts, english), {
      missing: [],
      wrong: ['th: Sold is not in en-US', 'th: Failed has {{code}}, which en-US has not'],
    });
  });

  it('have only texts that the code uses', () => {
    const named = new Set(['Parked', 'Count']);
    assert.deepEqual(unused(['Parked', 'CountOne', 'CountOther', 'Failed'], named), ['en-US: no code names Failed']);
  });
});
