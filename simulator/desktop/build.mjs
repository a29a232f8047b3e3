// Builds the folder that the simulator serves as the agent's desktop: the real Flex UI from npm, bundled for a
// browser, with React, the page itself and the customer's page.
//
//   node simulator/desktop/build.mjs --out DIR
//
// Bundling takes some seconds, so the bundle is kept until Flex, React, esbuild or this script changes.

import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { build, version as esbuildVersion } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const entry = path.join(here, 'flex-entry.js');

// The plugin package has Flex and its React; `--modules` names another folder.
const { values: options } = parseArgs({
  options: {
    out: { type: 'string' },
    modules: { type: 'string', default: path.join(here, '..', '..', 'js-shim', 'node_modules') },
  },
});
if (!options.out) {
  console.error('usage: node simulator/desktop/build.mjs --out DIR [--modules NODE_MODULES]');
  process.exit(2);
}
const out = path.resolve(options.out);
const modules = path.resolve(options.modules);

await mkdir(out, { recursive: true });
await cp(path.join(here, 'page'), out, { recursive: true });

const stamp = await fingerprint();
if ((await readText(path.join(out, 'flex.stamp'))) === stamp) {
  console.log('desktop: Flex is bundled already');
} else {
  const started = Date.now();
  console.log('desktop: bundling Flex for the browser (some seconds) …');
  await Promise.all([bundleFlex(), copyReact()]);
  await writeFile(path.join(out, 'flex.stamp'), stamp);
  console.log(`desktop: Flex bundled in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** Returns all that the bundle depends on, in one line. */
async function fingerprint() {
  const hash = createHash('sha256');
  for (const file of [fileURLToPath(import.meta.url), entry]) hash.update(await readFile(file));
  const versions = await Promise.all(['@twilio/flex-ui', 'react', 'react-dom'].map(versionOf));
  return [...versions, `esbuild@${esbuildVersion}`, hash.digest('hex')].join(' ');
}

/** @param {string} name */
async function versionOf(name) {
  const file = path.join(modules, name, 'package.json');
  const text = await readText(file);
  if (text === undefined) throw new Error(`${name} is not installed: expected ${file}`);
  return `${name}@${JSON.parse(text).version}`;
}

/**
 * Reads a text file; `undefined` where there is none.
 *
 * @param {string} file
 */
async function readText(file) {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function copyReact() {
  for (const name of ['react', 'react-dom']) {
    await cp(path.join(modules, name, 'umd', `${name}.production.min.js`), path.join(out, `${name}.js`));
  }
}

async function bundleFlex() {
  await build({
    entryPoints: [entry],
    outfile: path.join(out, 'flex.js'),
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    mainFields: ['browser', 'module', 'main'],
    nodePaths: [modules],
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'error',
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env': '{}',
      'process.browser': 'true',
      global: 'globalThis',
    },
    loader: { '.css': 'empty' },
    plugins: [pageGlobals(), nodeBuiltins()],
  });
}

/**
 * Flex and its plugins must share one React: the page's.
 *
 * @returns {import('esbuild').Plugin}
 */
function pageGlobals() {
  /** @type {Record<string, string>} */
  const globals = { react: 'window.React', 'react-dom': 'window.ReactDOM' };
  return {
    name: 'page-globals',
    setup(context) {
      context.onResolve({ filter: /^(react|react-dom)$/ }, ({ path: name }) => ({
        path: name,
        namespace: 'page-global',
      }));
      context.onLoad({ filter: /.*/, namespace: 'page-global' }, ({ path: name }) => ({
        contents: `module.exports = ${globals[name]};`,
      }));
    },
  };
}

/**
 * Two of Flex's dependencies name a module of Node: crypto-js in a branch that a browser never takes, and
 * mime-types for `path.extname`, to tell a file's type from its name.
 *
 * @returns {import('esbuild').Plugin}
 */
function nodeBuiltins() {
  /** @type {Record<string, string>} */
  const contents = {
    crypto: 'module.exports = {};',
    path: String.raw`exports.extname = (name) => /[^/.](\.[^./]*)$/.exec(name)?.[1] ?? '';`,
  };
  return {
    name: 'node-builtins',
    setup(context) {
      context.onResolve({ filter: /^(crypto|path)$/ }, ({ path: name }) => ({
        path: name,
        namespace: 'node-builtin',
      }));
      context.onLoad({ filter: /.*/, namespace: 'node-builtin' }, ({ path: name }) => ({
        contents: contents[name],
      }));
    },
  };
}
