// The rules for imports: the layers of the core, which its own documentation states, and no circles anywhere.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { test } from 'node:test';

import { inRoot, root } from '../../scripts/lib/paths.mjs';

const CORE = inRoot('src');
const SHIM = inRoot('js-shim', 'src');

/** The folders at the top that hold JavaScript. */
const ROOMS = ['bench', 'container', 'deploy', 'flex-config', 'functions', 'js-shim', 'scripts', 'simulator', 'tests'];
/** Folders with the output of builds and npm. */
const MADE = ['node_modules', 'generated', 'build', 'target'];

/** Known circles of the shim. A circle of fewer files passes too. Remove an entry when its circle is removed. */
const KNOWN_CIRCLES = [
  // Types only: the context names the list, and both name the actions.
  [
    'actions/perform.ts',
    'actions/unparkInteraction.ts',
    'context.ts',
    'core/operate.ts',
    'effects.ts',
    'list/offers.ts',
    'list/parkedList.ts',
  ],
  // `ListView` holds the type of its own parts.
  ['Announcer', 'ListRow', 'ListTable', 'ListView', 'Tools', 'states'].map((part) => `components/list/${part}.tsx`),
  // The type of all strings stands beside their loader.
  ['en-US', 'es-ES', 'es-MX', 'index', 'pt-BR', 'th', 'zh-Hans'].map((language) => `strings/${language}.ts`),
];

/** Returns the files below a folder whose names end in one of `endings`, as paths relative to it, with `/`. */
function filesBelow(folder, endings) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) {
      if (MADE.includes(entry.name)) return [];
      return filesBelow(join(folder, entry.name), endings).map((file) => `${entry.name}/${file}`);
    }
    return endings.some((ending) => entry.name.endsWith(ending)) ? [entry.name] : [];
  });
}

/** Returns the circles of a graph, a `Map` from each node to those it points at: its strongly connected parts of two nodes or more. */
function circles(graph) {
  const indices = new Map();
  const lowest = new Map();
  const path = [];
  const found = [];
  const visit = (node) => {
    indices.set(node, indices.size);
    lowest.set(node, indices.get(node));
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!indices.has(next)) visit(next);
      if (path.includes(next)) lowest.set(node, Math.min(lowest.get(node), lowest.get(next)));
    }
    if (lowest.get(node) !== indices.get(node)) return;
    const part = path.splice(path.indexOf(node));
    if (part.length > 1) found.push(part.sort());
  };
  for (const node of graph.keys()) if (!indices.has(node)) visit(node);
  return found.sort();
}

/** Returns a graph whose nodes are the groups of another graph's nodes, by `group`. A group does not point at itself. */
function grouped(graph, group) {
  const result = new Map();
  for (const [from, targets] of graph) {
    const own = group(from);
    if (own === undefined) continue;
    if (!result.has(own)) result.set(own, new Set());
    for (const target of [...targets].map(group)) {
      if (target !== undefined && target !== own) result.get(own).add(target);
    }
  }
  return result;
}

// The core, in Rust. A module is named by its path: `protocol/unpark/invite`.

/** Returns the modules of the core that ship, each with its text without comments and tests. */
function coreModules() {
  const texts = new Map();
  const tests = new Set();
  for (const file of filesBelow(CORE, ['.rs'])) {
    const name = file.replace(/(\/mod)?\.rs$/, '');
    const text = readFileSync(join(CORE, file), 'utf8').replaceAll(/^\s*\/\/.*$/gm, '');
    for (const [, child] of text.matchAll(/#\[cfg\([^\]]*\btest\b[^\]]*\]\s*(?:pub\S* )?mod (\w+);/g)) {
      tests.add(name === 'lib' ? child : `${name}/${child}`);
    }
    texts.set(name, text.replace(/#\[cfg\([^\]]*\btest\b[^\]]*\]\s*(?:pub\S* )?mod \w+ \{[\s\S]*/, ''));
  }
  for (const name of tests) texts.delete(name);
  texts.delete('lib');
  return texts;
}

/** Returns the paths that a `use` tree stands for: `a::{b, c::d}` becomes `a::b` and `a::c::d`. */
function expanded(tree) {
  const open = tree.indexOf('{');
  if (open < 0) return [tree.split(' as ')[0].trim()];
  const parts = [''];
  let depth = 0;
  for (const letter of tree.slice(open + 1, tree.lastIndexOf('}'))) {
    if (letter === '{') depth += 1;
    if (letter === '}') depth -= 1;
    if (letter === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  const before = tree.slice(0, open).trim();
  return parts.filter((part) => part.trim()).flatMap((part) => expanded(before + part.trim()));
}

/** Returns the module that a path names or whose item it names, seen from the module `from`. */
function resolved(path, from, modules) {
  const segments = path.split('::').map((segment) => segment.trim());
  let place = segments[0] === 'crate' ? [] : from.split('/');
  if (segments[0] === 'crate' || segments[0] === 'self') segments.shift();
  while (segments[0] === 'super') {
    place = place.slice(0, -1);
    segments.shift();
  }
  for (const segment of segments) {
    if (!modules.has([...place, segment].join('/'))) break;
    place = [...place, segment];
  }
  return place.join('/');
}

/** Returns the graph of the core's modules. */
function coreGraph() {
  const modules = coreModules();
  const graph = new Map();
  for (const [name, text] of modules) {
    const trees = [...text.matchAll(/\buse ((?:crate|super|self)\b[^;]*);/g)].flatMap(([, tree]) => expanded(tree));
    const inline = [...text.matchAll(/\b(?:crate|super)(?:::\w+)+/g)].map(([path]) => path);
    const targets = [...trees, ...inline].map((path) => resolved(path, name, modules));
    graph.set(name, new Set(targets.filter((target) => target && target !== name)));
  }
  return graph;
}

/** Returns the layers that the documentation of the core states, from the bottom up, each a list of modules. */
function statedLayers() {
  const lines = readFileSync(join(CORE, 'lib.rs'), 'utf8').matchAll(/^\/\/! \d+\. (.*)$/gm);
  return [...lines].map(([, line]) => [...line.matchAll(/\[`(\w+)`\]/g)].map(([, name]) => name));
}

/** Without this, the test of the layers would ignore a new module. */
test('every module of the core is in one layer', () => {
  const tops = new Set([...coreModules().keys()].map((name) => name.split('/')[0]));
  assert.deepEqual(statedLayers().flat().sort(), [...tops].sort());
});

test('a module of the core uses lower layers only', () => {
  const layers = statedLayers();
  const layerOf = (name) => layers.findIndex((layer) => layer.includes(name));
  const tops = grouped(coreGraph(), (name) => name.split('/')[0]);
  assert.ok(tops.get('record').has('guardian'), 'imports are found');
  for (const [name, used] of tops) {
    for (const other of used) assert.ok(layerOf(other) < layerOf(name), `${name} uses ${other}`);
  }
});

/**
 * A parent module and its children may import each other. Two modules of one folder, each with the modules below it, may not be a
 * circle.
 */
test('no modules of the core are a circle', () => {
  const graph = coreGraph();
  assert.ok(graph.get('protocol/unpark/invite').has('protocol/calls'), 'imports are found');
  const folders = new Set([...graph.keys()].map((name) => name.split('/').slice(0, -1).join('/')));
  for (const folder of folders) {
    const depth = folder === '' ? 1 : folder.split('/').length + 1;
    const inFolder = (name) => folder === '' || name.startsWith(`${folder}/`);
    const own = grouped(graph, (name) => (inFolder(name) ? name.split('/').slice(0, depth).join('/') : undefined));
    assert.deepEqual(circles(own), [], `in src/${folder}`);
  }
});

// JavaScript and TypeScript.

/** Returns a file's imports from the project itself, as absolute paths. Imports of types count. */
function imported(file) {
  const text = readFileSync(file, 'utf8');
  const literals = text.matchAll(/(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*'(\.{1,2}(?:\/[^']*)?)'/g);
  return [...literals].map(([, path]) => foundAt(join(dirname(file), path))).filter(Boolean);
}

function foundAt(path) {
  const endings = ['', '.ts', '.tsx', '.js', `${sep}index.ts`, `${sep}index.tsx`, `${sep}index.js`];
  const candidates = endings.map((ending) => path.replace(/[\\/]$/, '') + ending);
  return candidates.find((candidate) => existsSync(candidate) && !isFolder(candidate));
}

const isFolder = (path) => {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
};

/** Returns the graph of the files below a folder, by their paths relative to it. */
function fileGraph(folder, endings) {
  const name = (path) => relative(folder, path).split(sep).join('/');
  const files = filesBelow(folder, endings);
  return new Map(files.map((file) => [file, new Set(imported(join(folder, file)).map(name))]));
}

test('no files of the shim are a circle', () => {
  const graph = fileGraph(SHIM, ['.ts', '.tsx']);
  assert.ok(graph.get('watch.ts').has('core/operate.ts'), 'imports are found');
  const isKnown = (circle) => KNOWN_CIRCLES.some((known) => circle.every((file) => known.includes(file)));
  assert.deepEqual(
    circles(graph).filter((circle) => !isKnown(circle)),
    [],
  );
});

/** Two folders that import each other cannot be changed or understood separately. */
test('no folders at the top import each other', () => {
  const graph = new Map();
  for (const room of ROOMS) {
    for (const [file, targets] of fileGraph(inRoot(room), ['.js', '.cjs', '.mjs', '.ts', '.tsx'])) {
      const absolute = [...targets].map((target) =>
        relative(root, join(inRoot(room), target))
          .split(sep)
          .join('/'),
      );
      graph.set(`${room}/${file}`, new Set(absolute));
    }
  }
  const rooms = grouped(graph, (file) => file.split('/')[0]);
  assert.ok(rooms.get('tests').has('scripts'), 'imports are found');
  assert.deepEqual(circles(rooms), []);
});

test('a circle is found', () => {
  const graph = new Map([
    ['a', new Set(['b'])],
    ['b', new Set(['c'])],
    ['c', new Set(['b', 'd'])],
    ['d', new Set()],
  ]);
  assert.deepEqual(circles(graph), [['b', 'c']]);
});
