// The simulator, compiled for this machine.

import { runCargo } from '../lib/cargo.mjs';

/**
 * Builds the simulator. cargo does nothing when it is up to date.
 *
 * @param {{ progress: (text: string) => void }} step
 */
export async function buildSimulator({ progress }) {
  await runCargo('cargo', ['build', '--package', 'simulator'], {
    what: 'compiling the simulator',
    progress,
    log: 'simulator-build',
  });
}
