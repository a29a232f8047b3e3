// The agent's desktop: the real Flex UI from npm, bundled for a browser. The recipe in `desktop/` knows when to do it again.

import { run } from '../lib/exec.mjs';
import { inRoot, made } from '../lib/paths.mjs';

/**
 * Makes the folder that the simulator serves.
 *
 * @param {{ progress: (text: string) => void }} step
 */
export async function buildDesktop({ progress }) {
  progress('bundling the Flex UI');
  await run(process.execPath, [inRoot('simulator', 'desktop', 'build.mjs'), '--out', made.desktop], { log: 'desktop' });
}
