// The tests in the real Flex desktop. `npm test -- browser` runs them, and says which Chromium with CHROMIUM.

import { join } from 'node:path';

import { defineConfig } from '@playwright/test';

import { targetDir } from '../../scripts/lib/paths.mjs';

// A user who is root, as in most containers, cannot have Chromium's sandbox.
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.test.mjs',
  outputDir: join(targetDir, 'browser-tests'),
  // Flex keeps a core busy while it starts and then waits for Twilio: two at a time are through in two thirds of the time.
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  timeout: 90_000,
  expect: { timeout: 15_000 },
  use: {
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM,
      args: [
        ...asRoot,
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
