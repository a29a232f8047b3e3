// The Dockerfile, held to what the project states elsewhere.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { SOURCES } from '../../container/build.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { known } from '../support/known.mjs';

const read = (file) => readFileSync(inRoot(file), 'utf8');
const dockerfile = read('Dockerfile');
const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
const isIgnored = read('.dockerignore').split('\n');

describe('the Dockerfile', () => {
  it('has the images of Node and Rust, by their plain names and on one release of Debian', () => {
    const [, release] = known(/-(\w+)-slim$/.exec(images[0]));
    const node = `node:${read('.nvmrc').trim()}-${release}-slim`;
    // `1` is the newest of the stable channel.
    assert.match(read('rust-toolchain.toml'), /^channel = "stable"$/m);
    assert.deepEqual(images, [node, `rust:1-${release}`, node]);
  });

  it('has the npm of the README', () => {
    const [, major] = known(/with npm (\d+)/.exec(read('README.md')));
    assert.match(dockerfile, new RegExp(`npm@${major}$`, 'm'));
  });

  it('names no host', () => {
    const hosts = dockerfile.replaceAll(/^#.*$/gm, '').match(/https?:|\b[\w-]+\.(com|org|io|dev|net)\b/g);
    assert.equal(hosts, null);
  });

  it('starts a script with options that it has', () => {
    const [node, script, ...options] = JSON.parse(known(/^ENTRYPOINT (.*)$/m.exec(dockerfile))[1]);
    assert.equal(node, 'node');
    assert.ok(options.length > 0);
    for (const option of options) assert.ok(read(script).includes(`'${option.slice(2)}': {`), option);
  });

  it('runs a build that is there, of sources that are there', () => {
    const [, script] = known(/^RUN .*\bnode (\S+) \/image$/m.exec(dockerfile));
    assert.ok(existsSync(inRoot(script)));
    for (const source of SOURCES) {
      if (!source.startsWith('node_modules/')) assert.ok(existsSync(inRoot(source)), source);
    }
  });

  it('gets no secret and no build from the folder', () => {
    const made = read('.gitignore').trim().split('\n');
    assert.ok(made.includes('/.env'));
    for (const line of made) {
      const path = line.replace(/^\/|\/$/g, '');
      assert.ok(isIgnored.includes(path) || isIgnored.includes(`**/${path}`), `.dockerignore has no ${path}`);
    }
  });
});
