// A sample of `npm run check:upgrade`: one order, with few customers.

import assert from 'node:assert/strict';
import { it } from 'node:test';

import { checkUpgrade } from '../upgrade/check.mjs';
import { ORDERS } from '../upgrade/orders.mjs';

const ORDER = 'there and back';

it('nothing is lost by upgrade, rollback and removal while customers write', async () => {
  const { passed, wrong } = await checkUpgrade({ [ORDER]: ORDERS[ORDER] }, { conversations: 10, rate: 3 });
  assert.deepEqual([passed, wrong], [10, []]);
});
