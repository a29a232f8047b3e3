// Chromium and its driver, for the tests in a browser.

import { isExecutable, which } from '../lib/exec.mjs';
import { provide } from './provide.mjs';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const MAC_BROWSERS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Decides the next move from what was found: use both, install packages, or say what is missing.
 *
 * @typedef {{ chromium: string, chromedriver: string }} Browser two paths
 * @param {Partial<Browser> & { canInstallPackages: boolean, tried: Set<string> }} found
 * @returns {import('./provide.mjs').Move<Browser, 'install packages'>}
 */
export function nextMove({ chromium, chromedriver, canInstallPackages, tried }) {
  if (chromium && chromedriver) return { use: { chromium, chromedriver } };
  if (canInstallPackages && !tried.has('install packages')) return { act: 'install packages' };
  const lacking = [!chromium && 'Chromium', !chromedriver && 'chromedriver'].filter(Boolean).join(' and ');
  const variables = [!chromium && 'CHROMIUM', !chromedriver && 'CHROMEDRIVER'].filter(Boolean).join(' and ');
  return {
    missing:
      `${lacking} missing, and the tests in a browser need both: install Chromium or Chrome and the chromedriver of the same version ` +
      `(Debian: \`apt-get install chromium chromium-driver\`), or name what you have in ${variables}.`,
  };
}

/**
 * Finds or installs both.
 *
 * @param {import('./provide.mjs').Provision} provision
 * @returns {Promise<Browser>}
 */
export function provideChromium({ progress, packages }) {
  return provide({
    look: () => ({ ...look(), canInstallPackages: packages.possible }),
    nextMove,
    acts: { 'install packages': () => packages.install(['chromium', 'chromium-driver']) },
    progress,
  });
}

function look(env = process.env) {
  return {
    chromium: env.CHROMIUM ?? BROWSERS.map((name) => which(name)).find(Boolean) ?? MAC_BROWSERS.find(isExecutable),
    chromedriver: env.CHROMEDRIVER ?? which('chromedriver'),
  };
}
