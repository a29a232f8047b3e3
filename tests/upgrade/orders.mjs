// The orders in which the check does what an owner may do. Each begins in an empty account, and all but one end in a removal.

/**
 * One command of an order. `clone`: of the older or of the newer version. `code`: the expected exit code, 0 unless it is here.
 *
 * @typedef {{ command: string, clone: 'old' | 'new', args?: string[], code?: number }} Deed
 */

/** @type {Deed} */
const install = { command: 'deploy', clone: 'old' };
/** @type {Deed} */
const upgrade = { command: 'upgrade', clone: 'new', args: ['--yes'] };
/** @type {Deed} */
const rollback = { command: 'rollback', clone: 'new', args: ['--yes'] };
/** @type {Deed} */
const release = { command: 'undeploy', clone: 'new', args: ['--yes', '--release', '--wait', '5'] };
/** Something is parked, so it stops before the Functions go. @type {Deed} */
const stopped = { command: 'undeploy', clone: 'new', args: ['--yes'], code: 4 };

/** @type {Record<string, Deed[]>} */
export const ORDERS = {
  'there and back': [install, upgrade, rollback, upgrade, release],
  'back and away': [install, upgrade, rollback, { ...release, clone: 'old' }],
  'stopped and resumed': [install, stopped, upgrade, stopped, rollback, release],
  'removed and again': [install, upgrade, release, install, upgrade, release],
};

/**
 * An order that loses customers: the Functions go although conversations are parked. The check must notice.
 *
 * @type {Deed[]}
 */
export const ABANDONED = [install, upgrade, { command: 'undeploy', clone: 'new', args: ['--yes', '--abandon-parked'] }];
