// The tests in the real Flex desktop. `npm test -- browser` runs them, and sets the path of Chromium in CHROMIUM.

import { join } from 'node:path';

import { defineConfig } from '@playwright/test';

import { targetDir } from '../../scripts/lib/paths.mjs';

// Chromium has no sandbox for root, the user of most containers.
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.test.mjs',
  outputDir: join(targetDir, 'browser-tests'),
  // Flex keeps a core busy while it starts, and then waits for Twilio: two workers need two thirds of the time of one.
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
