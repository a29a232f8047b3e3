import assert from 'node:assert/strict';
import { test } from 'node:test';

import { counted } from '../../scripts/lib/counts.mjs';

test('a number agrees with its word', () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, 'file')),
    ['0 files', '1 file', '2 files'],
  );
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, 'waits', 'wait')),
    ['0 wait', '1 waits', '2 wait'],
  );
});
