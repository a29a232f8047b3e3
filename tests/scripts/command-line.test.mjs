import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { WrongUse, didYouMean, misuse, nearest, readCommandLine } from '../../scripts/lib/command-line.mjs';
import { confirm } from '../../scripts/lib/confirm.mjs';

/** @type {import('../../scripts/lib/command-line.mjs').Usage} */
const USAGE = {
  command: 'npm run it --',
  help: 'Usage: npm run it',
  example: 'npm run it -- go --size 3',
  docs: 'docs/it.md',
  options: {
    size: { type: 'string', required: true, expected: 'a number', accepts: (text) => /^\d+$/.test(text) },
    colour: { type: 'string', known: ['red', 'green'] },
    tag: { type: 'string', multiple: true },
    loud: { type: 'boolean' },
  },
  words: { what: 'verb', least: 1, most: 1, known: ['go', 'stop'] },
};

const GOOD = ['go', '--size', '3'];

/** @param {string[]} argv */
const wrong = (argv) => {
  try {
    readCommandLine(argv, USAGE);
  } catch (error) {
    assert.ok(error instanceof WrongUse);
    return error.message;
  }
  return assert.fail(`${argv.join(' ')} was read`);
};

describe('a command line', () => {
  it('is read', () => {
    const { help, values, words } = readCommandLine(
      ['--size=3', 'go', '--tag', 'a', '--tag', 'b', '--loud', '--colour', 'red'],
      USAGE,
    );
    assert.deepEqual(
      [help, { ...values }, words],
      [false, { size: '3', tag: ['a', 'b'], loud: true, colour: 'red' }, ['go']],
    );
  });

  it('asks for help wherever that stands, and however little else there is', () => {
    for (const argv of [['--help'], ['-h'], [...GOOD, '--help'], ['--help', 'nothing']]) {
      assert.equal(readCommandLine(argv, USAGE).help, true, argv.join(' '));
    }
  });

  it('is refused with what was expected', () => {
    for (const [argv, message] of /** @type {[string[], string][]} */ ([
      [['go'], '--size is missing: expected a number.'],
      [['--size', '3'], 'The verb is missing: expected one of go, stop.'],
      [['og', '--size', '3'], 'og is no verb: expected one of go, stop. Did you mean go?'],
      [['fly', '--size', '3'], 'fly is no verb: expected one of go, stop.'],
      [[...GOOD, 'stop'], 'stop is a word too many: expected 1 at most.'],
      [['go', '--size', 'big'], '--size big: expected a number.'],
      [['go', '--size'], '--size needs a value: expected a number.'],
      [['go', '--size', '--loud'], '--size needs a value: expected a number.'],
      [[...GOOD, '--tag', ''], '--tag needs a value: expected a value.'],
      [[...GOOD, '--tag= '], '--tag needs a value: expected a value.'],
      [[...GOOD, '--colour', 'rde'], '--colour rde: expected one of red, green. Did you mean red?'],
      [[...GOOD, '--loud=yes'], '--loud takes no value, but there is yes.'],
      [[...GOOD, '--volume'], '--volume is no option here. There are: --size, --colour, --tag, --loud, --help.'],
      [
        [...GOOD, '--luod'],
        '--luod is no option here. Did you mean --loud? There are: --size, --colour, --tag, --loud, --help.',
      ],
      [[...GOOD, '-x'], '-x is no option here. There are: --size, --colour, --tag, --loud, --help.'],
      [
        [...GOOD, '--constructor'],
        '--constructor is no option here. There are: --size, --colour, --tag, --loud, --help.',
      ],
    ])) {
      assert.equal(wrong(argv), message);
    }
  });

  it('names an example and the help', () => {
    assert.equal(
      misuse(new WrongUse('No.'), USAGE),
      'No.\nExample: npm run it -- go --size 3\nHelp: npm run it -- --help, or docs/it.md',
    );
    assert.match(misuse(new WrongUse('No.'), { ...USAGE, command: 'npm start' }), /Help: npm start -- --help/);
  });
});

describe('a suggestion', () => {
  it('is the nearest name, whatever stands between its words', () => {
    const known = ['show_list', 'reasons', 'max_parked'];
    assert.equal(nearest('show-list', known), 'show_list');
    assert.equal(nearest('raesons', known), 'reasons');
    assert.equal(nearest('maxparkd', known), 'max_parked');
    assert.equal(didYouMean('reason', known), ' Did you mean reasons?');
  });

  it('is a name that begins like this', () => {
    const known = ['list_ttl_hours', 'reasons', 'reason_required', 'max_parked'];
    assert.equal(nearest('listttl', known), 'list_ttl_hours');
    assert.equal(nearest('rea', known), 'reasons');
    assert.equal(nearest('ma', known), undefined);
  });

  it('is missing where no name is near', () => {
    assert.equal(nearest('volume', ['show_list', 'reasons']), undefined);
    assert.equal(didYouMean('volume', []), '');
  });
});

describe('a question', () => {
  it('is not asked without a terminal', async () => {
    assert.equal(await confirm('Write this?', { input: /** @type {any} no terminal */ ({ isTTY: false }) }), true);
  });

  it('is answered by the end of the input', async () => {
    const { PassThrough } = await import('node:stream');
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const asked = confirm('Write this?', {
      input: /** @type {any} as a terminal */ (input),
      output: new PassThrough(),
    });
    input.end();
    assert.equal(await asked, false);
  });

  it('needs a yes at a terminal', async () => {
    const { PassThrough } = await import('node:stream');
    for (const [answer, expected] of /** @type {[string, boolean][]} */ ([
      ['y', true],
      ['Yes', true],
      ['n', false],
      ['', false],
      ['what?', false],
    ])) {
      const input = Object.assign(new PassThrough(), { isTTY: true });
      const output = new PassThrough();
      const asked = confirm('Write this?', { input: /** @type {any} as a terminal */ (input), output });
      input.write(`${answer}\n`);
      assert.equal(await asked, expected, answer);
      assert.match(String(output.read()), /^Write this\? \[y\/N\] /);
    }
  });
});
