// Showing a page in the user's browser.

import { spawn } from 'node:child_process';

import { which } from './exec.mjs';

/**
 * Opens an address. Does nothing on a machine without a desktop: the address is printed anyway.
 *
 * @param {string} address
 */
export function openInBrowser(address) {
  const program = process.platform === 'darwin' ? which('open') : which('xdg-open');
  if (!program || (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)) return;
  const child = spawn(program, [address], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
