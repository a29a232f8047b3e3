// The simulator, compiled for this machine.

import { runCargo } from '../lib/cargo.mjs';

/** Builds the simulator. cargo itself knows when there is nothing to do. */
export async function buildSimulator({ progress }) {
  await runCargo('cargo', ['build', '--package', 'simulator'], {
    what: 'compiling the simulator',
    progress,
    log: 'simulator-build',
  });
}
