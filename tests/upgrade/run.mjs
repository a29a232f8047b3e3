// The process of `npm run check:upgrade` that does the check. Its argument is the choice as JSON.

import { onSignal } from '../../scripts/lib/processes.mjs';
import { checkUpgrade } from './check.mjs';
import { ABANDONED, ORDERS } from './orders.mjs';

onSignal();

const { order, ...how } = JSON.parse(process.argv[2]);
const all = { ...ORDERS, abandoned: ABANDONED };
const { passed, failed } = await checkUpgrade(order ? { [order]: all[order] } : ORDERS, how);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
