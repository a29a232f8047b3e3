import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { openAccount } from './support.mjs';

let account;
before(async () => (account = await openAccount('bad-files')));
beforeEach(() => account.begin());
afterEach(() => account.end());
after(() => account?.stop());

const below = (features) => ({ custom_data: { features } });
const flags = (own) => below({ park_interaction: own });
const place = (own) => ({ custom_data: own });

const FLAG = 'custom_data.features.park_interaction';
const expected = (path, what) => `error: ui_attributes.dev.json: \`${path}\` is malformed: expected ${what}`;
const same = (one, other, number) =>
  `error: ui_attributes.common.json, ui_attributes.dev.json: \`${one}\` and \`${other}\` are both ${number}: expected two different numbers, or 0 for none`;
const SWITCH = 'true or false';
const HOURS = 'a whole number from 0 to 8760';
const DOMAIN = 'a domain such as `park-interaction-1234.twil.io`';
const PORT = 'a port from 1 to 65535';
const QUEUE = 'a text of 1 to 128 characters';
const MOST = 'a whole number from 0 to 50';
const MINUTES = 'a whole number from 1 to 43200';

const ERRORS = [
  ['an empty file', '', 'error: ui_attributes.dev.json:1:0: this is no JSON: EOF while parsing a value'],
  [
    'a comma too many',
    '{\n  "custom_data": {},\n}',
    'error: ui_attributes.dev.json:3:1: this is no JSON: trailing comma',
  ],
  [
    'a comma too few',
    '{\n  "custom_data": {\n    "a": 1\n    "b": 2\n  }\n}',
    'error: ui_attributes.dev.json:4:5: this is no JSON: expected `,` or `}`',
  ],
  ['something behind the end', '{} {}', 'error: ui_attributes.dev.json:1:4: this is no JSON: trailing characters'],
  ['a list', '[]', 'error: ui_attributes.dev.json: the file is malformed: expected an object'],
  ['custom data that are a text', { custom_data: 'x' }, expected('custom_data', 'an object')],
  ['features that are a list', below([]), expected('custom_data.features', 'an object')],
  ['a feature that is only on', flags(true), expected(FLAG, 'an object')],
  ['a switch that is a text', flags({ enabled: 'true' }), expected(`${FLAG}.enabled`, SWITCH)],
  ['a switch that is null', flags({ enabled: null }), expected(`${FLAG}.enabled`, SWITCH)],
  ['a switch that is a number', flags({ show_list: 1 }), expected(`${FLAG}.show_list`, SWITCH)],
  ['a switch that is an object', flags({ auto_accept: {} }), expected(`${FLAG}.auto_accept`, SWITCH)],
  ['too many hours', flags({ list_ttl_hours: 8761 }), expected(`${FLAG}.list_ttl_hours`, HOURS)],
  ['hours below zero', flags({ list_ttl_hours: -1 }), expected(`${FLAG}.list_ttl_hours`, HOURS)],
  ['half an hour', flags({ list_ttl_hours: 0.5 }), expected(`${FLAG}.list_ttl_hours`, HOURS)],
  ['hours as a text', flags({ list_ttl_hours: '24' }), expected(`${FLAG}.list_ttl_hours`, HOURS)],
  ['a channel that is no list', flags({ channels: 'web' }), expected(`${FLAG}.channels`, 'a list')],
  ['a queue without a name', flags({ queues: ['Support', ''] }), expected(`${FLAG}.queues[1]`, QUEUE)],
  ['a hint that is no number', flags({ max_parked_hint: '3' }), expected(`${FLAG}.max_parked_hint`, MOST)],
  ['a wait beyond 30 days', flags({ wait_minutes: [60, 43_201] }), expected(`${FLAG}.wait_minutes[1]`, MINUTES)],
  ['too many waits', flags({ wait_minutes: [1, 2, 3, 4, 5] }), expected(`${FLAG}.wait_minutes`, 'a list of at most 4')],
  [
    'two Insights fields with one number',
    flags({ insights_reason_attribute: 3, insights_cause_attribute: 3, insights_seconds_measure: 3 }),
    same('insights_reason_attribute', 'insights_cause_attribute', 3),
  ],
  [
    'two Insights measures with one number',
    flags({ insights_seconds_measure: 1.0, insights_parks_measure: 1 }),
    same('insights_seconds_measure', 'insights_parks_measure', 1),
  ],
  ['queues that are a list', flags({ per_queue: [] }), expected(`${FLAG}.per_queue`, 'an object')],
  [
    'too many seconds of a queue',
    flags({ per_queue: { Support: { same_agent_seconds: 3601 } } }),
    expected(`${FLAG}.per_queue.Support.same_agent_seconds`, 'a whole number from 0 to 3600'),
  ],
  [
    'a flag that no queue has',
    flags({ per_queue: { Support: { show_list: true } } }),
    expected(
      `${FLAG}.per_queue.Support.show_list`,
      'one of the flags `same_agent_seconds`, `reasons`, `reason_required`',
    ),
  ],
  [
    'an address for a domain',
    place({ serverless_functions_domain: 'https://a.twil.io/' }),
    expected('custom_data.serverless_functions_domain', DOMAIN),
  ],
  [
    'an empty domain',
    place({ serverless_functions_domain: '' }),
    expected('custom_data.serverless_functions_domain', DOMAIN),
  ],
  [
    'another protocol',
    place({ serverless_functions_protocol: 'ftp' }),
    expected('custom_data.serverless_functions_protocol', '`https` or `http`'),
  ],
  ['no port', place({ serverless_functions_port: 0 }), expected('custom_data.serverless_functions_port', PORT)],
  [
    'a port in words',
    place({ serverless_functions_port: 'many' }),
    expected('custom_data.serverless_functions_port', PORT),
  ],
  [
    'a key that stands there twice',
    '{"custom_data":{"features":{"park_interaction":{"enabled":true,"enabled":false}}}}',
    `error: ui_attributes.dev.json: \`${FLAG}.enabled\` stands there twice`,
  ],
];

for (const [what, dev, error] of ERRORS) {
  test(`check and diff refuse ${what}`, async () => {
    for (const command of ['check', 'diff', 'deploy']) {
      const { code, said, warned } = await account.run(`${command} --environment dev`, { files: { dev } });
      assert.deepEqual([code, said, warned], [3, '', error], command);
    }
    assert.deepEqual(await account.methods(), []);
  });
}

const unknown = (path, nearest) =>
  `warning: ui_attributes.dev.json: \`${path}\` is unknown, so not deployed: did you mean \`${nearest}\`?`;

const WARNINGS = [
  ['a flag in other letters', flags({ showList: true }), unknown(`${FLAG}.showList`, `${FLAG}.show_list`)],
  ['half a flag', flags({ list_ttl: 3 }), unknown(`${FLAG}.list_ttl`, `${FLAG}.list_ttl_hours`)],
  ['letters the wrong way round', flags({ enalbed: true }), unknown(`${FLAG}.enalbed`, `${FLAG}.enabled`)],
  [
    'the feature in the plural',
    below({ park_interactions: {} }),
    unknown('custom_data.features.park_interactions', FLAG),
  ],
  ['features below nothing', { features: {} }, unknown('features', 'custom_data.features')],
  [
    'a slip in a domain',
    place({ serverless_function_domain: 'a.twil.io' }),
    unknown('custom_data.serverless_function_domain', 'custom_data.serverless_functions_domain'),
  ],
  [
    "somebody else's keys",
    { theme: {}, ...below({ callbacks: {} }) },
    'warning: ui_attributes.dev.json: not ours, so not deployed: `theme`, `custom_data.features.callbacks`',
  ],
];

for (const [what, dev, warning] of WARNINGS) {
  test(`check and diff warn of ${what}`, async () => {
    const before = await account.configuration();
    for (const command of ['check', 'diff', 'deploy']) {
      const { code, warned } = await account.run(`${command} --environment dev`, { files: { dev } });
      assert.deepEqual([code, warned], [0, warning], command);
    }
    assert.equal(await account.configuration(), before);
  });
}

test('an environment without a file is refused by name', async () => {
  const { code, warned } = await account.run('diff --environment prod', { files: { dev: {} } });
  assert.equal(code, 3);
  assert.match(
    warned,
    /^error: ui_attributes\.prod\.json: there is no such file in .*\. `set-domain` and `--save` make it\. Environments that have one: dev$/,
  );
});

test('a domain is required in the file or the account', async () => {
  const files = { dev: flags({ enabled: true }) };
  const { code, warned } = await account.run('check --environment dev', { files });
  assert.equal(code, 0);
  assert.match(warned, /^warning: .*`custom_data\.serverless_functions_domain` is in none of them/);
  assert.equal((await account.run('diff --environment dev', { files })).code, 0);

  await account.setUiAttributes('{}');
  const refused = await account.run('deploy --environment dev', { files });
  assert.equal(refused.code, 3);
  assert.match(
    refused.warned,
    /`ui_attributes\.custom_data\.serverless_functions_domain` is malformed: expected a domain/,
  );
  assert.deepEqual(await account.methods(), ['GET']);
});

test('the files of this project are valid', async () => {
  const { code, warned } = await account.run('check');
  assert.deepEqual([code, warned], [0, '']);
});
