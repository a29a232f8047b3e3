// The program behind `npm run flex-config`, compiled for this machine.

import { runCargo } from '../lib/cargo.mjs';

/**
 * Builds the program. cargo does nothing when it is up to date.
 *
 * @param {{ progress: (text: string) => void }} step
 */
export async function buildFlexConfig({ progress }) {
  await runCargo('cargo', ['build', '--package', 'flex-config'], {
    what: 'compiling flex-config',
    progress,
    log: 'flex-config-build',
  });
}
