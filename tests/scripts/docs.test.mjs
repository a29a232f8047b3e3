// The claims of README, and the pages' place in the index and in the site.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { LANGUAGE } from '../../scripts/setup/plugin-texts.mjs';

const read = (file) => readFileSync(inRoot(file), 'utf8');

/** Returns the links of a page: where to, and the title. */
const linksOf = (file) =>
  [...read(file).matchAll(/\]\(([^)\s"]+)(?:\s+"([^"]*)")?\)/g)].map(([, to, title]) => ({ to, title }));

describe('README', () => {
  const tests = linksOf('README.md').filter(({ to }) => to.startsWith('tests/'));

  it('links tests', () => {
    assert.ok(tests.length >= 10, `found ${tests.length}`);
  });

  for (const { to, title } of tests) {
    it(`names a test that is there: ${title}`, () => {
      assert.ok(title?.length >= 10, `the link to ${to} has no title that names the test`);
      assert.ok(read(to).includes(title), `${to} has no “${title}”`);
    });
  }

  it('shows its claims', () => {
    const [, claims = ''] = /\n\n(- \*\*No customer[^]*?)\n\n!\[/.exec(read('README.md')) ?? [];
    const all = claims.split(/\n(?=- )/);
    assert.ok(all.length >= 4);
    for (const claim of all) assert.match(claim, /\]\((tests\/|docs\/performance\.md#)/, claim.split('\n')[0]);
  });

  it('has a figure for a thousand rows', () => {
    const [, ms] = /`list_1000_ms` \| (\d+) ms/.exec(read('docs/performance.md')) ?? [];
    assert.match(read('README.md'), /a thousand rows\s+open in \[less than a tenth of a second\]/);
    assert.ok(Number(ms) < 100, ms);
  });

  it('takes five minutes', () => {
    // At 200 words a minute, without what is in blocks of code and tables.
    const prose = read('README.md').replaceAll(/```[^]*?```|^\|.*$|\]\([^)]*\)/gm, '');
    assert.ok(prose.split(/\s+/).length < 1000);
  });
});

it('the page about languages has all that there are', () => {
  const languages = readdirSync(inRoot('js-shim', 'src', 'strings'))
    .filter((file) => LANGUAGE.test(file))
    .map((file) => file.replace('.ts', ''));
  const [, listed] = /The plugin has texts in ([^]*?)\. It/.exec(read('docs/languages.md')) ?? [];
  assert.deepEqual(
    [...(listed ?? '').matchAll(/`([^`]+)`/g)].map(([, tag]) => tag),
    languages,
  );
});

describe('a page of docs/', () => {
  const pages = readdirSync(inRoot('docs')).filter((file) => file.endsWith('.md') && file !== 'README.md');
  const indexed = linksOf('docs/README.md').map(({ to }) => join('docs', to));
  const navigation = read('docs/site/.vitepress/config.mjs');

  for (const page of pages) {
    it(`is in the index and in the navigation: ${page}`, () => {
      assert.ok(indexed.includes(`docs/${page}`), `docs/README.md has no link to ${page}`);
      assert.ok(navigation.includes(`'docs/${page}'`), `docs/site/.vitepress/config.mjs does not have ${page}`);
    });
  }

  it('is there for each entry of the navigation', () => {
    const files = [...navigation.matchAll(/'([\w./-]+\.md)'/g)].map(([, file]) => file);
    assert.ok(files.length > 20);
    for (const file of files) assert.ok(read(file).startsWith('#'), file);
  });
});
