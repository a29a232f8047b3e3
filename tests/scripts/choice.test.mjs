import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { sampleOf } from '../run/browser.mjs';
import { choose } from '../run/choice.mjs';
import { parts } from '../run/parts.mjs';
import { isChosen, nativeFiles, wasmFiles } from '../run/rust.mjs';
import { tiers } from '../run/tiers.mjs';

const WHOLE = { run: () => 'all' };
const TIERS = [
  { name: 'quick', ...WHOLE },
  { name: 'slow', ...WHOLE, sample: () => 'some' },
  { name: 'size', ...WHOLE },
];
const PARTS = {
  quick: { files: () => ['tests/quick/one.test.mjs', 'tests/quick/two.test.mjs'], run: (part) => part },
  slow: { files: () => ['tests/slow/two.test.mjs'], run: (part) => part },
};

/** Returns the names of the chosen tiers, each with the part that it would run. */
const chosen = (...args) => choose(args, { tiers: TIERS, parts: PARTS }).chosen.map(({ name, run }) => [name, run()]);

describe('the choice of tests', () => {
  it('is every tier without an argument', () => {
    assert.deepEqual(chosen(), [
      ['quick', 'all'],
      ['slow', 'some'],
      ['size', 'all'],
    ]);
  });

  it('is the whole of a long tier that is named', () => {
    assert.deepEqual(chosen('slow'), [['slow', 'all']]);
  });

  it('is the whole of all long tiers', () => {
    assert.deepEqual(chosen('--whole'), [['slow', 'all']]);
    assert.throws(() => chosen('--whole', 'quick'), /--whole stands alone/);
  });

  it('is the named tiers, in their own order', () => {
    assert.deepEqual(chosen('size', 'quick'), [
      ['quick', 'all'],
      ['size', 'all'],
    ]);
  });

  it('is the files whose path contains a part', () => {
    assert.deepEqual(chosen('--file', 'two'), [
      ['quick', { files: ['tests/quick/two.test.mjs'], name: undefined }],
      ['slow', { files: ['tests/slow/two.test.mjs'], name: undefined }],
    ]);
    assert.deepEqual(chosen('--file', './tests/quick/one', '--file', 'nowhere'), [
      ['quick', { files: ['tests/quick/one.test.mjs'], name: undefined }],
    ]);
  });

  it('is a name in a tier, and in files', () => {
    assert.deepEqual(chosen('slow', '--name', '^x'), [['slow', { name: '^x' }]]);
    assert.deepEqual(chosen('slow', '--name', '^x', '--file', 'two'), [
      ['slow', { files: ['tests/slow/two.test.mjs'], name: '^x' }],
    ]);
  });

  it('names a command for the whole of each sampled tier', () => {
    const { scripts } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
    const sampled = tiers.filter(({ sample }) => sample);
    assert.ok(sampled.length > 0);
    for (const { name, all } of sampled) {
      const [, script] = /^npm run (\S+)/.exec(String(all)) ?? [];
      assert.ok(Object.hasOwn(scripts, String(script)), `${name}: ${all}`);
    }
  });

  it('knows only parts of existing tiers', () => {
    const names = tiers.map(({ name }) => name);
    assert.deepEqual(
      Object.keys(parts).filter((name) => !names.includes(name)),
      [],
    );
  });
});

describe('a test of Rust', () => {
  const sources = [
    'src/attributes.rs',
    'src/lib.rs',
    'src/list/filter.rs',
    'src/list/mod.rs',
    'src/park.rs',
    'src/park/plan.rs',
  ];
  const of = (file, name) => isChosen({ folder: 'src', files: [file], name, sources });

  it('belongs to the file of its module', () => {
    assert.equal(of('src/attributes.rs')('attributes::tests::reads'), true);
    assert.equal(of('src/attributes.rs')('attributes_too::tests::reads'), false);
    assert.equal(of('src/attributes.rs')('record::attributes::tests::reads'), false);
  });

  it('belongs to the innermost file', () => {
    for (const [file, test] of [
      ['src/park.rs', 'park::tests::leaves'],
      ['src/park/plan.rs', 'park::plan::tests::plans'],
      ['src/list/mod.rs', 'list::tests::sorts'],
      ['src/list/filter.rs', 'list::filter::tests::filters'],
      ['src/lib.rs', 'tests::all'],
    ]) {
      for (const other of sources) assert.equal(of(other)(test), other === file, `${test} in ${other}`);
    }
  });

  it('is chosen by its name', () => {
    const isWanted = of('src/attributes.rs', 'reads$');
    assert.equal(isWanted('attributes::tests::reads'), true);
    assert.equal(isWanted('attributes::tests::reads_twice'), false);
    assert.equal(isChosen({ name: 'reads', sources })('anywhere::reads'), true);
  });

  it('is native or in a browser, by its file', () => {
    const isWasm = (file) => file.startsWith('tests/wasm/');
    assert.ok(nativeFiles().includes('tests/native/main.rs'));
    assert.deepEqual(nativeFiles().filter(isWasm), []);
    assert.ok(wasmFiles().length > 0 && wasmFiles().every(isWasm));
  });
});

describe('the sample of the browser tier', () => {
  it('is the first test of each file and each sixteenth after it, also below a group', () => {
    const tests = (...lines) => lines.map((line, index) => ({ line, title: `${line}, ${index}` }));
    const [first, ...others] = Array.from({ length: 16 }, (_, index) => (index + 1) * 10);
    const group = (file, ...lines) => ({ title: 'a group', file, specs: tests(...lines) });
    const list = {
      suites: [
        { title: 'a', file: 'a.test.mjs', specs: tests(900, first, first), suites: [group('a.test.mjs', ...others)] },
        { title: 'b', file: 'deep/b.test.mjs', suites: [group('deep/b.test.mjs', 3)] },
      ],
    };
    const expected = ['a.test.mjs › 10, 1', 'a.test.mjs › 900, 0', 'deep/b.test.mjs › a group › 3, 0'];
    assert.deepEqual(sampleOf(list), expected);
  });
});
