#!/usr/bin/env node
// `npm run record:versions`: records the wire of today's code, for the tests of all later versions.

import { readFileSync } from 'node:fs';

import { ask } from '../../scripts/lib/exec.mjs';
import { readOrExit, WrongUse } from '../../scripts/lib/command-line.mjs';
import { messageOf } from '../../scripts/lib/errors.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { onSignal } from '../../scripts/lib/processes.mjs';
import { setUp, TO_RUN } from '../../scripts/setup/index.mjs';

onSignal();

const { version: present } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));

const {
  words: [version = present],
} = readOrExit(
  process.argv.slice(2),
  {
    command: 'npm run record:versions --',
    help: `Usage: npm run record:versions [-- VERSION]
  VERSION  the version that the code is, or will be released as; that of package.json unless one is named
  --help   this text

Plays the stories of tests/versions/stories.mjs with today's plugin and Functions over the simulator, and writes into
tests/recorded/versions/VERSION what crossed the wire and what is left at Twilio. A version that has a tag is not recorded again.

Exit codes:
  0  recorded
  1  not recorded
  2  the command line cannot be used`,
    example: 'npm run record:versions -- 0.3.0',
    docs: 'CONTRIBUTING.md#make-a-release',
    words: { what: 'version', most: 1, expected: 'a version such as 0.3.0' },
  },
  (read) => {
    const [word = present] = read.words;
    if (/^\d+\.\d+\.\d+$/.test(word)) return read;
    throw new WrongUse(`${word} is no version: expected three numbers such as 0.3.0.`);
  },
);

try {
  if (await ask('git', ['tag', '--list', `v${version}`])) {
    throw new Error(`${version} has a tag: it is released, and its recordings stay. Name the next version.`);
  }
  await setUp(TO_RUN);
  const [{ Core }, { openDesk }, { record, write }, { STORIES }] = await Promise.all([
    import('./core.mjs'),
    import('../functions/support.mjs'),
    import('./recordings.mjs'),
    import('./stories.mjs'),
  ]);
  const desk = await openDesk();
  /** @type {Record<string, import('./recordings.mjs').Recording>} */
  const recorded = {};
  try {
    for (const name of Object.keys(STORIES)) {
      await desk.begin();
      recorded[name] = await record(desk, await Core.load(), name);
      console.log(`recorded: ${name}`);
    }
  } finally {
    await desk.stop();
  }
  await write(version, recorded);
  console.log(`Written: tests/recorded/versions/${version}. Look at the difference before you commit it.`);
} catch (error) {
  console.error(messageOf(error));
  process.exit(1);
}
