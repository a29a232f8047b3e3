// The desktop with a plugin and Functions that `PLUGIN_BUNDLE` and `FUNCTIONS_FOLDER` name. `npm run check:versions` runs it.

import { join } from 'node:path';

import { defineConfig } from '@playwright/test';

import { inRoot, targetDir } from '../../scripts/lib/paths.mjs';
import base from '../browser/playwright.config.mjs';

export default defineConfig({
  ...base,
  testDir: inRoot('tests', 'versions', 'desktop'),
  outputDir: join(targetDir, 'versions', 'tests'),
});
