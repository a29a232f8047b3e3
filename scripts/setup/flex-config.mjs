// The program behind `npm run flex-config`, compiled for this machine.

import { runCargo } from '../lib/cargo.mjs';

/** Builds it. cargo itself knows when there is nothing to do. */
export async function buildFlexConfig({ progress }) {
  await runCargo('cargo', ['build', '--package', 'flex-config'], {
    what: 'compiling flex-config',
    progress,
    log: 'flex-config-build',
  });
}
