#!/usr/bin/env node
// `npm run docs`: builds the documentation as a static site, with that of the Rust code beside it, and checks every link in it.

import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { readOrExit } from './lib/command-line.mjs';
import { messageOf } from './lib/errors.mjs';
import { ask, run } from './lib/exec.mjs';
import { openInBrowser } from './lib/open.mjs';
import { inRoot, root, targetDir } from './lib/paths.mjs';
import { counted } from './lib/counts.mjs';
import { onSignal } from './lib/processes.mjs';
import { setUp } from './setup/index.mjs';

const SITE = join(targetDir, 'site');
/** The first page of the Rust documentation, to which the site links. */
const RUST = join('rust', 'park_interaction', 'index.html');

onSignal(async () => {}, { SIGINT: 0, SIGTERM: 0, SIGHUP: 0 });

const { values } = readOrExit(process.argv.slice(2), {
  command: 'npm run docs --',
  help: `Usage: npm run docs [-- --open]
  --open   serve the site on 127.0.0.1 until Ctrl-C, and open it in a browser
  --help   this text

Builds the site in target/site from the Markdown files, and checks all its links. Any web server can serve that folder, at the root
of a host.

Exit codes:
  0  built, and no link is dead
  1  a link is dead, or the site could not be built
  2  the command line cannot be used`,
  example: 'npm run docs -- --open',
  docs: 'CONTRIBUTING.md#documentation',
  options: { open: { type: 'boolean' } },
});

try {
  await setUp(['Rust', 'npm packages of the project', 'npm packages of the documentation'], { brief: true });
  await build();
  const address = await serve();
  const dead = await deadLinks(address);
  if (dead.length > 0) throw new Error(`${counted(dead.length, 'link is', 'links are')} dead:\n${dead.join('\n')}`);
  console.log(`The documentation is in ${SITE}; no link is dead.`);
  if (!values.open) process.exit(0);
  openInBrowser(address);
  console.log(`ready: ${address}`);
} catch (error) {
  console.error(messageOf(error));
  process.exit(1);
}

async function build() {
  /** @type {string[]} */
  const troubles = [];
  rmSync(SITE, { recursive: true, force: true });
  await run(inRoot('docs', 'site', 'node_modules', '.bin', 'vitepress'), ['build', inRoot('docs', 'site')], {
    log: 'docs-site',
    // VitePress prints an error of a page, leaves the page empty and ends well.
    onLine: (line) => (/^\w*Error\b/.test(line) ? troubles.push(line) : undefined),
  });
  if (troubles.length > 0) throw new Error(`A page could not be rendered, see the log docs-site: ${troubles[0]}`);
  // The arguments and flags of the lint tier, so that cargo does it once.
  await run('cargo', ['doc', '--workspace', '--no-deps', '--document-private-items'], {
    log: 'docs-rust',
    env: { RUSTDOCFLAGS: '-D warnings' },
  });
  cpSync(join(targetDir, 'doc'), join(SITE, 'rust'), { recursive: true });
  if (!existsSync(join(SITE, RUST))) throw new Error(`The documentation of the Rust code has no ${RUST}.`);
}

/**
 * Returns a line for each link or anchor of the site that leads nowhere. The links between pages of Rust are rustdoc's to check, and
 * those to other hosts would need the network.
 *
 * @param {string} address the site's
 */
async function deadLinks(address) {
  // It is there only after the set-up.
  const { LinkChecker } = await import('../docs/site/node_modules/linkinator/build/src/index.js');
  const { links } = await new LinkChecker().check({
    path: address,
    recurse: true,
    checkFragments: true,
    linksToSkip: async (link) => !link.startsWith(address) || link.startsWith(`${address}rust/`),
  });
  if (links.length < 100) throw new Error(`Only ${links.length} links were found: expected those of all pages.`);
  const dead = new Set(links.filter(({ state }) => state === 'BROKEN').map(({ url }) => url.slice(address.length)));
  return Promise.all([...dead].sort().map(async (link) => `  ${link}: ${await pagesWith(link)}`));
}

/**
 * Names the pages that may have a link, since the checker names the first page that leads to the same place.
 *
 * @param {string} link
 */
async function pagesWith(link) {
  const end = link.includes('#') ? link.slice(link.indexOf('#')) : link.replace(/(\.html|\.txt|\/)$/, '');
  const pages = await ask('git', ['grep', '--files-with-matches', '--fixed-strings', end, '--', '*.md']);
  return pages?.split('\n').join(', ') || 'no page has it in this form';
}

/** Serves the site on 127.0.0.1, as long as this process lives. Returns its address, which ends with a slash. */
async function serve() {
  const { context } = await import('esbuild');
  const { port } = await (await context({ absWorkingDir: root })).serve({ servedir: SITE, host: '127.0.0.1' });
  return `http://127.0.0.1:${port}/`;
}
