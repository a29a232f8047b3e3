// The site of the documentation: VitePress over every Markdown file of the repository. `npm run docs` builds it.

import { copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';

import { root, targetDir } from '../../../scripts/lib/paths.mjs';

/** The pages by reader. A page that is in no group here is reached by links and the search. */
const GROUPS = [
  {
    text: 'Start',
    items: [
      ['Five minutes', 'README.md'],
      ['Try it', 'docs/try.md'],
      ['All pages by reader', 'docs/README.md'],
    ],
  },
  {
    text: 'Agents',
    items: [['For agents', 'docs/agents.md']],
  },
  {
    text: 'Supervisors',
    items: [['For supervisors', 'docs/supervisors.md']],
  },
  {
    text: 'Owners',
    items: [
      ['For owners', 'docs/owners.md'],
      ['Install', 'docs/install.md'],
      ['Flags', 'flex-config/README.md'],
      ['Languages', 'docs/languages.md'],
      ['Without a scheduler', 'docs/scheduling.md'],
      ['Operations', 'docs/operations.md'],
      ['Upgrade, roll back, remove', 'docs/upgrade.md'],
      ['From the template', 'docs/template.md'],
      ['Limits', 'docs/limits.md'],
      ['Security', 'docs/security.md'],
      ['Samples', 'deploy/samples/README.md'],
    ],
  },
  {
    text: 'Engineers',
    items: [
      ['For engineers', 'docs/engineers.md'],
      ['Contributing', 'CONTRIBUTING.md'],
      ['Architecture', 'docs/architecture.md'],
      ['For other plugins', 'docs/actions.md'],
      ['Performance', 'docs/performance.md'],
      ['Decisions', 'docs/decisions/README.md'],
      ['Glossary', 'docs/glossary.md'],
      ['Style', 'docs/style.md'],
      ['Simulator', 'simulator/README.md'],
      ['Plugin', 'js-shim/README.md'],
      ['Changelog', 'CHANGELOG.md'],
    ],
  },
];

/** The first page of the Rust documentation, which `scripts/docs.mjs` copies into the site. */
const RUST = '/rust/park_interaction/index.html';

/**
 * Files that pages link to and that are no pages, such as tests: they are copied into the site.
 *
 * @type {Set<string>}
 */
const linked = new Set();

/**
 * Returns the name of a page in the site: the page of a folder is its index.
 *
 * @param {string} file
 */
const pageOf = (file) => file.replace(/(^|\/)README\.md$/, '$1index.md');

/** @param {string} file */
const addressOf = (file) => `/${pageOf(file).replace(/(index)?\.md$/, (_, index) => (index ? '' : '.html'))}`;

/** @type {import('vitepress').DefaultTheme.SidebarItem[]} */
const sidebar = GROUPS.map(({ text, items }) => ({
  text,
  items: items.map(([title, file]) => ({ text: title, link: addressOf(file) })),
}));
sidebar.at(-1)?.items?.push({ text: 'Rust documentation', link: RUST, target: '_self' });

export default defineConfig({
  title: 'Park Interaction',
  description: 'Park a messaging conversation in Twilio Flex, and wake it when the customer writes.',
  lang: 'en-GB',
  srcDir: root,
  srcExclude: ['**/node_modules/**', 'target/**', '.github/**'],
  outDir: join(targetDir, 'site'),
  cacheDir: join(targetDir, 'site-cache'),
  rewrites: pageOf,
  // A picture is a file: the page stays small.
  vite: { build: { assetsInlineLimit: 0 } },
  markdown: {
    // The anchors are those of GitHub, where the same pages are read.
    anchor: { slugify: slug },
    headers: { slugify: slug },
    config: readAsGitHub,
  },
  themeConfig: {
    nav: [
      ...['Agents', 'Supervisors', 'Owners', 'Engineers'].map((reader) => ({
        text: reader,
        link: addressOf(`docs/${reader.toLowerCase()}.md`),
      })),
      { text: 'Rust', link: RUST, target: '_self' },
    ],
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
    footer: { message: 'MIT licence' },
  },
  buildEnd({ outDir }) {
    for (const file of linked) {
      const copy = join(outDir, `${file}.txt`);
      mkdirSync(dirname(copy), { recursive: true });
      copyFileSync(join(root, file), copy);
    }
  },
});

/**
 * Makes links between files of the repository links of the site, and keeps Vue from reading `{{name}}` in a page as its own. A link to a
 * folder leads to its README, as on GitHub; one to any other file leads to a copy, whose name ends in `.txt` so that every web server
 * sends it as text.
 *
 * @param {import('vitepress').MarkdownRenderer} markdown
 */
function readAsGitHub(markdown) {
  markdown.core.ruler.push('links of the site', ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type === 'code_inline') token.attrSet('v-pre', '');
      const href = token.type === 'link_open' && token.attrGet('href');
      if (href && !/^([a-z]+:|#|\/)/i.test(href)) token.attrSet('href', linkTo(href, env.path));
    }
  });
}

/**
 * @param {string} href relative to the page
 * @param {string} page
 */
function linkTo(href, page) {
  const [path, anchor] = href.split(/(?=#)/, 2);
  let file = join(dirname(page), decodeURI(path));
  if (existsSync(file) && statSync(file).isDirectory()) file = join(file, 'README.md');
  // VitePress says which page has a dead link.
  if (!existsSync(file)) return href;
  const name = relative(root, file).split(sep).join('/');
  if (name.endsWith('.md')) return `${addressOf(name)}${anchor ?? ''}`;
  linked.add(name);
  return `/${name}.txt`;
}
