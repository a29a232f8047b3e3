import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { openAccount } from './support.mjs';

let account;
before(async () => (account = await openAccount('deploy')));
beforeEach(async () => {
  await account.begin();
  await account.setUiAttributes(theirs());
});
afterEach(() => account.end());
after(() => account?.stop());

/** Returns others' configuration as JSON, with numbers that JavaScript cannot represent or would write differently. */
const theirs = ({ enabled = false, last = '1.50' } = {}) =>
  `{"one":1.0,"custom_data":{"serverless_functions_domain":"a-1.twil.io","big":9007199254740993,"features":{"theirs":{"é":[0.10,null]},"park_interaction":{"enabled":${enabled},"older":-0.0}}},"last":${last}}`;

const flags = (own, place = {}) => ({ custom_data: { ...place, features: { park_interaction: own } } });
const DEV = { common: flags({ enabled: true }), dev: flags({}, { serverless_functions_domain: 'a-1.twil.io' }) };

test('diff shows each change and changes nothing', async () => {
  const files = {
    common: flags({ enabled: true, show_list: true, list_ttl_hours: 48 }),
    dev: flags({ list_ttl_hours: 12 }, { serverless_functions_domain: 'b-2.twil.io' }),
  };
  const { code, said, warned } = await account.run('diff --environment dev', { files });
  assert.equal(code, 1);
  assert.deepEqual(said.split('\n').slice(1, 5), [
    '  custom_data.serverless_functions_domain: "a-1.twil.io" → "b-2.twil.io"',
    '  custom_data.features.park_interaction.enabled: false → true',
    '  custom_data.features.park_interaction.show_list: (not set) → true',
    '  custom_data.features.park_interaction.list_ttl_hours: (not set) → 12',
  ]);
  assert.match(said, /the files win.*the account's and stays as it is/);
  assert.match(warned, /other features may look .*`theirs`$/);
  assert.deepEqual(await account.methods(), ['GET']);
});

test('deploy keeps everything else to the letter', async () => {
  const before = await account.configuration();
  const { code, said, warned } = await account.run('deploy --environment dev', { files: DEV });
  assert.deepEqual([code, warned], [0, '']);
  assert.match(said, /enabled: false → true.*read back and verified/s);
  assert.equal(await account.configuration(), before.replace('"enabled":false', '"enabled":true'));
});

test('deploy writes nothing without a difference', async () => {
  await account.run('deploy --environment dev', { files: DEV });
  await account.forget();
  const { code, said } = await account.run('deploy --environment dev', { files: DEV });
  assert.deepEqual([code, said], [0, 'Nothing to change.']);
  assert.deepEqual(await account.methods(), ['GET']);
});

test('a dry run of any command writes nothing', async () => {
  const before = await account.configuration();
  await account.forget();
  for (const command of ['deploy --environment dev', 'enable', 'show-list on', 'enable --worker ada']) {
    const { code, said } = await account.run(`${command} --dry-run`, { files: DEV });
    assert.equal(code, 0);
    assert.match(said, / → true.*Dry run: nothing was written\./s, command);
  }
  assert.ok((await account.methods()).every((method) => method === 'GET'));
  assert.equal(await account.configuration(), before);
});

test('a change between read and write is not overwritten', async () => {
  const { code, warned } = await account.run('deploy --environment dev', {
    files: DEV,
    between: (nth) => nth === 1 && account.setUiAttributes(theirs({ last: '2' })),
  });
  assert.equal(code, 5);
  assert.match(warned, /^error: somebody else has just changed `last`\. Nothing was written: run it again\.$/);
  assert.ok((await account.methods()).every((method) => method === 'GET'));
  assert.equal((await account.run('deploy --environment dev', { files: DEV })).code, 0);
});

test('a write that is lost to an older state is noticed', async () => {
  const { code, warned } = await account.run('deploy --environment dev', {
    files: DEV,
    between: (nth) => nth === 3 && account.setUiAttributes(theirs()),
  });
  assert.equal(code, 6);
  assert.match(warned, /somebody else wrote at the same time, and now `.*\.enabled` is not what was written/);
});

test('enable, disable and show-list change one flag of the account', async () => {
  const before = await account.configuration();
  const steps = [
    ['enable', '"enabled":true,"older":-0.0'],
    ['show-list on', '"enabled":true,"older":-0.0,"show_list":true'],
    ['disable', '"enabled":false,"older":-0.0,"show_list":true'],
    ['show-list off', '"enabled":false,"older":-0.0,"show_list":false'],
  ];
  for (const [command, own] of steps) {
    const { code, said } = await account.run(command);
    assert.equal(code, 0);
    assert.match(said, /Agents see it after they reload Flex/);
    assert.equal(await account.configuration(), before.replace('"enabled":false,"older":-0.0', own));
  }
});

test('deploy keeps a flag that was switched in the account', async () => {
  const { code } = await account.run('show-list on');
  assert.equal(code, 0);
  const before = await account.configuration();
  const { said } = await account.run('deploy --environment dev', {
    files: { common: {}, dev: flags({}, { serverless_functions_domain: 'a-1.twil.io' }) },
  });
  assert.equal(said, 'Nothing to change.');
  assert.equal(await account.configuration(), before);
});

test('a flag is set for a queue of the account', async () => {
  const set = ['set', 'reasons', '["Waiting for parts"]', '--queue', 'Everyone'];
  assert.equal((await account.runWords(set)).code, 0);
  assert.match(await account.configuration(), /"per_queue":\{"Everyone":\{"reasons":\["Waiting for parts"\]\}\}/);
  assert.equal((await account.runWords(['unset', 'reasons', '--queue', 'Everyone'])).code, 0);
  assert.match(await account.configuration(), /"per_queue":\{"Everyone":\{\}\}/);
  const { code, warned } = await account.runWords([...set.slice(0, -1), 'Everyon']);
  assert.deepEqual([code, warned.split('?')[0]], [2, 'error: there is no queue `Everyon`. Did you mean `Everyone`']);
});

test('a change that is not confirmed is not written', async () => {
  const before = await account.configuration();
  const asked = [];
  const confirm = async (question) => asked.push(question) < 0;
  const { code, said, warned } = await account.run('enable', { confirm });
  assert.deepEqual([code, warned, asked], [7, 'Nothing was written.', ['Write this?']]);
  assert.match(said, /enabled: false → true/);
  assert.equal(await account.configuration(), before);
});

test('the values in the account are checked', async () => {
  await account.setUiAttributes('{"custom_data":{"features":{"park_interaction":{"enabled":"yes","shwo_list":1}}}}');
  const { code, warned } = await account.run('check --account');
  assert.equal(code, 3);
  assert.match(
    warned,
    /enabled` is malformed: expected true or false, but there is "yes"\n {2}Mend it: .* unset enabled/,
  );
  assert.match(
    warned,
    /shwo_list` is unknown, so not read: did you mean `.*\.show_list`\?\n {2}Mend it: .* unset shwo_list/,
  );
});

test('flags of a worker keep all other attributes to the letter', async () => {
  const attributes = (own) =>
    `{"contact_uri":"client:ada","roles":["agent"],"one":1.0,"config_overrides":{"features":{"theirs":{"n":0.1}${own}}},"big":9007199254740993}`;
  await account.setAttributes('ada', attributes(''));
  const [configuration, ben] = [await account.configuration(), await account.attributes('ben')];

  for (const who of ['ada', account.simulator.agent('ada').workerSid]) {
    const { code, said } = await account.run(`enable --worker ${who}`);
    assert.equal(code, 0);
    assert.match(said, /config_overrides\.features\.park_interaction\.enabled: \(not set\) → true|Nothing to change/);
    assert.equal(await account.attributes('ada'), attributes(',"park_interaction":{"enabled":true}'));
  }
  assert.deepEqual([await account.configuration(), await account.attributes('ben')], [configuration, ben]);

  assert.equal((await account.run('show-list on --worker ada')).code, 0);
  assert.equal(await account.attributes('ada'), attributes(',"park_interaction":{"enabled":true,"show_list":true}'));
  assert.equal((await account.run('reset-worker --worker ada')).code, 0);
  assert.equal(await account.attributes('ada'), attributes(',"park_interaction":{}'));
});

test('a missing worker is named', async () => {
  const { code, warned } = await account.run('enable --worker nobody');
  assert.equal(code, 2);
  assert.match(warned, /there is no worker `nobody` in the workspace WS/);
});

test('a write without a response is read back', async () => {
  const fault = { host: 'flex-api.twilio.com', method: 'POST' };
  await account.simulator.control('POST', 'faults', { ...fault, kind: 'dropAfter' });
  assert.equal((await account.run('deploy --environment dev', { files: DEV })).code, 0);

  await account.simulator.control('POST', 'faults', { ...fault, kind: 'status', status: 503 });
  const { code, warned } = await account.run('disable');
  assert.equal(code, 4);
  assert.match(warned, /HTTP 503.*Nothing was written: run it again/);
});

test('failed reads are retried', async () => {
  const fault = { host: 'flex-api.twilio.com', method: 'GET' };
  await account.simulator.control('POST', 'faults', { ...fault, kind: 'status', status: 429, code: 20429 });
  await account.simulator.control('POST', 'faults', { ...fault, kind: 'dropBefore' });
  assert.equal((await account.run('deploy --environment dev', { files: DEV })).code, 0);
});
