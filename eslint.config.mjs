import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
  {
    ignores: ['**/node_modules/', 'target/', 'js-shim/build/', 'js-shim/src/core/generated/', 'functions/assets/'],
  },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: { 'no-unused-vars': ['error', { ignoreRestSiblings: true }] },
  },
  {
    files: [
      '*.mjs',
      'bench/**',
      'container/**',
      'deploy/**',
      'docs/site/**',
      'flex-config/**',
      'scripts/**',
      'tests/**',
      'simulator/desktop/*.mjs',
      'functions/**',
      'js-shim/*.js',
    ],
    languageOptions: { globals: globals.node },
  },
  // Some of what stands there runs in the page.
  {
    files: ['bench/page.mjs', 'bench/list-page.mjs', 'tests/browser/animation.mjs'],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['**/*.cjs', 'functions/**/*.js', 'bench/baseline/**', 'js-shim/*.js'],
    languageOptions: { sourceType: 'commonjs' },
  },
  { files: ['functions/**/*.js'], languageOptions: { globals: { Twilio: 'readonly', Runtime: 'readonly' } } },
  {
    files: ['simulator/desktop/page/**', 'simulator/desktop/*.js'],
    languageOptions: { globals: { ...globals.browser, Twilio: 'readonly' } },
  },
  {
    files: ['js-shim/src/**/*.{ts,tsx}'],
    extends: [ts.configs.recommendedTypeChecked, reactHooks.configs.flat['recommended-latest']],
    languageOptions: { globals: globals.browser, parserOptions: { projectService: true } },
    rules: {
      // Flex types much of what it hands over as \`any\`. What is taken from there is checked in Rust.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // Flex awaits a plugin's \`init\`, although its type does not say so.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { inheritedMethods: false } }],
    },
  },
);
