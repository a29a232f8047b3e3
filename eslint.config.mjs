import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
  {
    ignores: [
      '**/node_modules/',
      'target/',
      'test-results/',
      'js-shim/build/',
      'js-shim/src/core/generated/',
      'functions/assets/',
    ],
  },
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['*.mjs', 'scripts/**', 'tests/**', 'desktop/*.mjs', 'functions/**'],
    languageOptions: { globals: globals.node },
  },
  { files: ['**/*.cjs', 'functions/**/*.js'], languageOptions: { sourceType: 'commonjs' } },
  { files: ['functions/functions/**'], languageOptions: { globals: { Twilio: 'readonly', Runtime: 'readonly' } } },
  {
    files: ['desktop/page/**', 'desktop/*.js'],
    languageOptions: { globals: { ...globals.browser, Twilio: 'readonly' } },
  },
  {
    files: ['js-shim/src/**/*.{ts,tsx}'],
    extends: [ts.configs.recommendedTypeChecked, reactHooks.configs.flat['recommended-latest']],
    languageOptions: { globals: globals.browser, parserOptions: { projectService: true } },
  },
);
