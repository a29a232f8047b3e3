// The glue between the plugin's JavaScript and its Wasm, with short names. wasm-bindgen makes long names with hashes for the imports
// and exports between the two; wasm-opt replaces them with letters in the Wasm, and this file does the same in the glue.
//
// Measured with wasm-bindgen 0.2 and Flex's plugin builder: the bundle has 67 490 bytes gzipped with short names, and 70 667 with
// the long ones. So the renaming saves 3 177 bytes: 1 414 in the glue, most of the rest in the Wasm.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Bundles wasm-bindgen's glue for the plugin builder's old webpack.
 *
 * @param {object} built
 * @param {string} built.folder
 * @param {string} built.glue the file of the glue
 * @param {string} built.types the text of its types
 * @param {Names} built.names
 *
 * @typedef {{ imports: [module: string, name: string, letters: string][], exports: [name: string, letters: string][] }} Names
 *   the output of wasm-opt
 */
export async function bundleGlue({ folder, glue, types, names }) {
  const { build } = await import('esbuild');
  const exported = new Map(names.exports);
  /** @param {string} name */
  const letters = (name) => {
    if (!exported.has(name)) throw new Error(`The glue uses \`${name}\`, which the plugin's Wasm does not export.`);
    return exported.get(name);
  };
  const short = readFileSync(join(folder, glue), 'utf8').replace(
    /\bwasm\.(\w+)/g,
    (_, name) => `wasm.${letters(name)}`,
  );
  writeFileSync(join(folder, 'short.js'), short);
  const imports = names.imports.map(([, name, letter]) => `${letter}: glue.${name}`);
  const { outputFiles } = await build({
    stdin: {
      resolveDir: folder,
      contents: `
        import * as glue from './short.js';
        export { ${publicNames(types).join(', ')} } from './short.js';
        export const imports = { a: { ${imports.join(', ')} } };
        export function join(exports) {
          glue.__wbg_set_wasm(exports);
          exports.${letters('__wbindgen_start')}();
        }`,
    },
    bundle: true,
    minify: true,
    write: false,
    target: 'es2018',
    format: 'esm',
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

/**
 * Returns the types of that bundle.
 *
 * @param {string} types
 */
export const glueTypes = (types) => `${types}
/** What the Wasm is instantiated with. */
export const imports: WebAssembly.Imports;
/** Joins the glue to the exports of the instance, once, before anything else is called. */
export function join(exports: WebAssembly.Exports): void;
`;

/** @param {string} types */
const publicNames = (types) => [...types.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
