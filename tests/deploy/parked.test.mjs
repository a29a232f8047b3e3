import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { functionPaths } from '../../deploy/paths.mjs';
import { parkAsRecorded } from '../functions/recorded.mjs';
import { until } from '../support/until.mjs';
import { openAccount } from './support.mjs';

const PARKED = 'parked';

describe('npm run parked', () => {
  let account;
  before(async () => {
    account = await openAccount();
  });
  after(() => account.stop());
  beforeEach(() => account.begin());
  afterEach(() => account.end());

  const list = async () => inJson(await account.succeeds(PARKED, ['list', '--json']));

  /** Reads the JSON in the output, past lines for people such as `[1/2] Wasm for the Functions: done (1.2 s)`. */
  const inJson = (output) => JSON.parse(output.slice(output.search(/^(?:\[\]?|\{)$/m)));

  async function disarm(id) {
    const { webhooks } = account.conversation(id);
    for (const { sid } of await webhooks.list()) await account.conversation(id).webhooks(sid).remove();
  }

  /** Returns the list's entry of a customer's conversation. */
  async function listed(id) {
    const { conversationSid } = account.customer(id);
    return (await list()).find((one) => one.conversationSid === conversationSid);
  }

  const kindsOf = ({ notes }) => notes.map(({ kind }) => kind);

  /** Accepts the open offer for a conversation and settles, as the agent's plugin does. */
  async function isAccepted(id) {
    const { conversationSid, channelSid } = account.customer(id);
    const offer = await until(`an offer for ${id}`, async () => {
      const { tasks, reservations } = await account.control('GET', 'world');
      return reservations.find(
        ({ task_sid: sid, reservation_status: status }) =>
          status === 'pending' &&
          tasks.find((task) => task.sid === sid).attributes.flexInteractionChannelSid === channelSid,
      );
    });
    await account.control('POST', `reservations/${offer.sid}`, { status: 'accepted' });
    const { token } = account.facts.agents.find(({ workerSid }) => workerSid === offer.worker_sid);
    const url = `https://${account.facts.functionsDomain}${functionPaths().settle}`;
    const body = new URLSearchParams({ Token: token, conversationSid });
    const answer = await (await fetch(url, { method: 'POST', body })).json();
    // An event may settle before the desktop does.
    assert.ok(['settled', 'ignored'].includes(answer.outcome), JSON.stringify(answer));
  }

  it('lists nothing if nothing is parked', async () => {
    assert.match(await account.succeeds(PARKED, ['list']), /^Nothing is parked\.$/m);
    assert.deepEqual(await list(), []);
    for (const command of ['reconcile', 'release']) {
      assert.match(await account.succeeds(PARKED, [command]), /^Nothing is parked\.$/m);
    }
  });

  it('lists agent, queue, channel, webhook and row', async () => {
    const [charlie, wanda] = [await account.parks('charlie'), await account.parks('wanda')];
    await disarm('wanda');
    const { syncMaps } = account.client.sync.v1.services(account.facts.syncServiceSid);
    const { workerSid } = account.agent('ada');
    await syncMaps(`ParkedInteractions_${workerSid}`).syncMapItems(charlie).remove();

    const told = Object.fromEntries((await list()).map(({ parkedAt, notes, ...one }) => [one.conversationSid, one]));
    const same = {
      ...{
        parkedWith: 'thisProduct',
        workerSid,
        workerName: 'ada',
        unheardSince: null,
        appointment: null,
        reason: null,
      },
      ...{ queueSid: account.facts.queues.Everyone, queueName: 'Everyone' },
    };
    assert.deepEqual(told, {
      [charlie]: { ...same, conversationSid: charlie, channel: 'web', webhook: { calls: 'function' }, row: 'missing' },
      [wanda]: { ...same, conversationSid: wanda, channel: 'whatsapp', webhook: { calls: 'nothing' }, row: 'there' },
    });
    const table = await account.succeeds(PARKED, ['list']);
    assert.match(table, new RegExp(`^${charlie}  ada +0 min  -  +Everyone  web +armed +gone$`, 'm'));
    assert.match(table, new RegExp(`^${wanda}  ada +0 min  -  +Everyone  whatsapp +MISSING +there$`, 'm'));
    assert.match(table, new RegExp(`^${wanda}: No webhook hears the customer\\. .*reconcile arms one`, 'm'));
    for (const { name, address } of account.facts.customers) {
      assert.ok(!table.includes(name) && !table.includes(address), 'no customer is named');
    }
    assert.deepEqual(
      (await account.changes()).filter((change) => change.includes('twilio.com') && /DELETE|Attributes/.test(change))
        .length,
      2,
      'listing changes nothing: the two are this test’s own',
    );
  });

  it('lists unheard conversations first', async () => {
    const [charlie, wanda] = [await account.parks('charlie'), await account.parks('wanda')];
    await account.control('POST', 'customers/wanda/messages', { body: 'Hello?' });
    await until('a task for wanda', async () => (await account.state('wanda')).openTasks.length === 1);
    await until('that it is noted', async () => (await listed('wanda')).unheardSince !== null);
    const [first, second] = await list();
    assert.deepEqual([first.conversationSid, second.conversationSid], [wanda, charlie]);
    const { hour, minute } = clockOf(first.unheardSince);
    const table = await account.succeeds(PARKED, ['list']);
    assert.match(table, new RegExp(`^${wanda}  .*  wrote at ${hour}:${minute}, not answered yet  `, 'm'));
    assert.ok(table.indexOf(wanda) < table.indexOf(charlie));
  });

  /** Returns the local time of day. */
  function clockOf(ms) {
    const date = new Date(ms);
    return { hour: date.getHours(), minute: String(date.getMinutes()).padStart(2, '0') };
  }

  describe('with changed attributes', () => {
    const DAMAGES = {
      wiped: () => ({}),
      'cut down to our own key, which became a list': () => ({ parkInteraction: [] }),
      'a list': () => [],
    };
    for (const [what, damage] of Object.entries(DAMAGES)) {
      it(`lists and releases a conversation whose record is ${what}`, async () => {
        const charlie = await account.parks('charlie');
        await account.setAttributes('charlie', damage());
        const one = await listed('charlie');
        assert.equal(one.workerName, 'ada');
        assert.deepEqual([one.webhook, one.row], [{ calls: 'function' }, 'there']);
        assert.deepEqual(kindsOf(one), ['damaged']);
        const refused = await account.run('undeploy', ['--environment', 'dev', '--dry-run']);
        assert.equal(refused.code, 4, refused.output);
        assert.ok(refused.output.includes(charlie));
        const released = await account.succeeds(PARKED, ['release']);
        assert.match(released, new RegExp(`^${charlie}  routed$`, 'm'));
        assert.match(released, /^Waiting for an agent to join: 1\.$/m);
        assert.equal((await account.state('charlie')).openTasks.length, 1);
        const still = await account.run('undeploy', ['--environment', 'dev', '--dry-run']);
        assert.equal(still.code, 4, still.output);
        await isAccepted('charlie');
        assert.deepEqual(await list(), []);
      });
    }

    it('ignores SIDs and keys of a forged record', async () => {
      await account.parks('charlie');
      const { attributes } = await account.conversation('charlie').fetch();
      await account.setAttributes('charlie', {
        ...JSON.parse(attributes),
        ...{ mapItemKey: '../../../Documents/PayrollApprovals', mapSid: `MP${'9'.repeat(32)}` },
        workerSid: account.agent('ben').workerSid,
      });
      await account.control('DELETE', 'journal');
      const one = await listed('charlie');
      assert.deepEqual([one.workerName, one.row], ['ada', 'there']);
      const { requests } = await account.control('GET', 'journal');
      const forged = new RegExp(`PayrollApprovals|MP9|${account.agent('ben').workerSid}/`);
      const rows = requests.filter(({ path }) => /Items\/./.test(path));
      assert.ok(rows.length > 0 && !rows.some(({ path }) => forged.test(path)), JSON.stringify(rows));
    });

    it('does not list a row whose conversation is not parked', async () => {
      await account.parks('charlie');
      await account.setAttributes('charlie', {});
      await disarm('charlie');
      assert.deepEqual(await list(), []);
    });
  });

  describe('a conversation parked with another product', () => {
    const elsewhere = { domain: 'serverless-1234-dev.twil.io' };

    for (const [recorded, parkedWith, name] of [
      ['template', 'template', "the flex-project-template's feature"],
      ['older-plugin', 'anotherPlugin', 'another plugin'],
    ]) {
      it(`is listed and taken over: ${recorded}`, async () => {
        await parkAsRecorded(account, 'charlie', recorded, { ...elsewhere, list: recorded === 'template' });
        const { conversationSid } = account.customer('charlie');
        const table = await account.succeeds(PARKED, ['list']);
        assert.match(table, new RegExp(`^${conversationSid}  ada .*  serverless-1234-dev\\.twil\\.io  `, 'm'));
        assert.match(table, new RegExp(`^${conversationSid}: Parked with ${name}\\. .*reconcile arms`, 'm'));
        assert.equal((await listed('charlie')).parkedWith, parkedWith);
        assert.match(await account.succeeds(PARKED, ['reconcile']), new RegExp(`^${conversationSid}  restored$`, 'm'));
        const after = await listed('charlie');
        assert.deepEqual([after.webhook, kindsOf(after)], [{ calls: 'function' }, []]);
        assert.equal((await account.conversation('charlie').webhooks.list()).length, 1);
        assert.match(await account.succeeds(PARKED, ['release']), new RegExp(`^${conversationSid}  routed$`, 'm'));
      });
    }

    it('is listed only, if unreadable, and allows undeploying', async () => {
      await account.succeeds('deploy', ['--environment', 'dev']);
      await parkAsRecorded(account, 'charlie', 'capital-letters', { ...elsewhere, list: false });
      const { conversationSid } = account.customer('charlie');
      const table = await account.succeeds(PARKED, ['list']);
      assert.match(table, new RegExp(`^${conversationSid}: Parked with another plugin, .*It is left alone`, 'm'));
      const released = await account.succeeds(PARKED, ['release']);
      assert.match(released, /^Parked with another plugin and left alone: 1\./m);
      assert.match(released, /^Waiting for an agent to join: 0\.$/m);
      assert.match(
        await account.succeeds('undeploy', ['--environment', 'dev', '--yes']),
        /1 parked with another plugin, which/,
      );
      assert.equal((await account.conversation('charlie').webhooks.list()).length, 1);
    });

    it('has a note if its webhook is armed beside ours', async () => {
      await account.parks('charlie');
      await account.conversation('charlie').webhooks.create({
        target: 'webhook',
        'configuration.url': 'https://serverless-1234-dev.twil.io/unpark-an-interaction',
        'configuration.filters': ['onMessageAdded'],
      });
      const one = await listed('charlie');
      assert.deepEqual(kindsOf(one), ['secondWebhook']);
      assert.match(one.notes[0].text, /one message may make two tasks\. Remove it: twilio api:conversations/);
    });
  });

  it('lists an unverified conversation with reason and remedy', async () => {
    const charlie = await account.parks('charlie');
    const { attributes } = await account.conversation('charlie').fetch();
    await disarm('charlie');
    // The state after 30 days: the task is not in TaskRouter's log any more.
    await account.setAttributes('charlie', { ...JSON.parse(attributes), taskSid: `WT${'9'.repeat(32)}` });
    const one = await listed('charlie');
    assert.deepEqual([one.workerSid, one.row, kindsOf(one)], [null, 'unknown', ['unverified']]);
    const reason = new RegExp(
      `^${charlie}: .*log of the parked task is gone.*nobody is asked.*What cannot be verified`,
      'm',
    );
    assert.match(await account.succeeds(PARKED, ['list']), reason);
    const { code, output } = await account.run(PARKED, ['release']);
    assert.equal(code, 1, output);
    assert.match(output, new RegExp(`^${charlie}  notParked$`, 'm'));
    assert.match(output, reason);
    assert.match(output, /^Waiting for an agent to join: 0\.$/m);
    assert.equal((await account.state('charlie')).openTasks.length, 0);
    assert.equal(
      (await account.run('undeploy', ['--environment', 'dev', '--yes'])).code,
      4,
      'it holds up the undeployment',
    );
  });

  it('reconciles all pages', async () => {
    const wanda = await account.parks('wanda');
    await disarm('wanda');
    const output = await account.succeeds(PARKED, ['reconcile']);
    assert.match(
      output,
      new RegExp(`^${wanda}  restored\\nLooked at conversations and rows: \\d+, with something to do: 1\\.$`, 'm'),
    );
    assert.deepEqual(
      (await list()).map(({ webhook }) => webhook),
      [{ calls: 'function' }],
    );
    assert.deepEqual(inJson(await account.succeeds(PARKED, ['reconcile', '--json'])).changed, []);
  });

  it('releases all, with the number that waits for an agent', async () => {
    const sids = [await account.parks('charlie'), await account.parks('wanda')];
    const output = await account.succeeds(PARKED, ['release']);
    for (const sid of sids) assert.match(output, new RegExp(`^${sid}  routed$`, 'm'));
    assert.match(output, /^Waiting for an agent to join: 2\.$/m);
    await isAccepted('charlie');
    const again = inJson(await account.succeeds(PARKED, ['release', '--json']));
    assert.deepEqual([again.changed, again.parked], [[], 1]);
  });

  it('allows undeploying once all are released and joined', async () => {
    await account.succeeds('deploy', ['--environment', 'dev']);
    await account.parks('charlie');
    const refused = await account.run('undeploy', ['--environment', 'dev', '--yes']);
    assert.equal(refused.code, 4);
    assert.match(refused.output, /Run this again with --release/);
    assert.match(await account.succeeds(PARKED, ['release']), /^Waiting for an agent to join: 1/m);
    await isAccepted('charlie');
    assert.match(await account.succeeds('undeploy', ['--environment', 'dev', '--yes']), /Functions\s+removed/);
  });

  it('fails with the reason if a conversation cannot be released', async () => {
    const charlie = await account.parks('charlie');
    await account.control('POST', 'faults', {
      ...{ method: 'POST', pathPattern: '/Invites$', kind: 'status', status: 400, code: 20001, times: 0 },
    });
    const { code, output } = await account.run(PARKED, ['release']);
    assert.equal(code, 1, output);
    assert.match(output, new RegExp(`^${charlie}  twilioRefused$`, 'm'));
    assert.match(output, /^Not dealt with: 1\./m);
  });

  it('names the URL of Functions that do not respond', async () => {
    await account.control('POST', 'faults', { host: account.facts.functionsDomain, kind: 'dropBefore', times: 0 });
    const { code, output } = await account.run(PARKED, ['reconcile']);
    assert.equal(code, 3, output);
    assert.ok(output.includes(`https://${account.facts.functionsDomain}${functionPaths().reconcile}`));
  });

  it('says once that Twilio does not respond, and goes on', async () => {
    const drop = { host: 'conversations.twilio.com', kind: 'dropBefore' };
    await account.control('POST', 'faults', { ...drop, times: 2 });
    const listed = await account.succeeds('parked', ['list']);
    assert.equal(listed.match(/^ {2}note: Twilio did not respond: .* Trying again, at most 3 times\.$/gm)?.length, 1);
    await account.control('DELETE', 'faults');
    await account.control('POST', 'faults', { ...drop, times: 100 });
    const { code, output } = await account.run('parked', ['list']);
    assert.equal(code, 1, output);
    assert.match(output, /^Twilio did not respond: .*\. Is there a way to twilio\.com from this machine\?$/m);
    await account.control('DELETE', 'faults');
  });

  it('takes credentials that Twilio refuses for a wrong use', async () => {
    const env = { TWILIO_AUTH_TOKEN: '0'.repeat(32) };
    for (const [command, ...words] of [
      ['parked', 'list'],
      ['undeploy', '--environment', 'dev', '--yes'],
    ]) {
      const { code, output } = await account.run(command, words, { env });
      assert.equal(code, 2, output);
      assert.match(output, /^ {2}Expected: TWILIO_ACCOUNT_SID of the account that has Flex/m);
    }
  });

  it('sends no request without the Auth Token', async () => {
    const env = {
      TWILIO_AUTH_TOKEN: '',
      TWILIO_API_KEY: `SK${'1'.repeat(32)}`,
      TWILIO_API_SECRET: 'made up',
    };
    for (const command of ['reconcile', 'release']) {
      const { code, output } = await account.run(PARKED, [command], { env });
      assert.equal(code, 2, output);
      assert.match(output, /TWILIO_AUTH_TOKEN is not set/);
    }
    const { requests } = await account.control('GET', 'journal');
    assert.deepEqual(requests, []);
  });

  it('names what is wrong on the command line, with an example and the help', async () => {
    assert.match(await account.succeeds(PARKED, ['--help']), /Exit codes:/);
    assert.match(await account.succeeds(PARKED, ['list', '--help']), /Exit codes:/);
    for (const [args, what] of /** @type {[string[], RegExp][]} */ ([
      [[], /^The command is missing: expected one of list, report, reconcile, release\.$/m],
      [['unpark'], /^unpark is no command: expected one of list/m],
      [['lsit'], /^lsit is no command: .* Did you mean list\?$/m],
      [['constructor'], /^constructor is no command/m],
      [['list', 'all'], /^all is a word too many/m],
      [['list', '--agnet', 'ada'], /^--agnet is no option here\. Did you mean --agent\? There are: .*--overdue/m],
      [['list', '--agent'], /^--agent needs a value: expected a worker's name or SID\.$/m],
      [['list', '--agent', '--json'], /^--agent needs a value/m],
      [['list', '--json=yes'], /^--json takes no value, but there is yes\.$/m],
      [['list', '--json', '--csv'], /^--json and --csv: expected one of them/m],
      [['list', '--conversation', 'CH1'], /^--conversation CH1: expected a SID, CH and 32 hexadecimal digits\.$/m],
      [['list', '--watch'], /^--watch does not go with list: expected it with report\.$/m],
      [['report', '--every', '60'], /^--every needs --watch\.$/m],
      [['report', '--watch', '--every', '1'], /^--every 1: expected a number of seconds from 5 to 3600\.$/m],
      [['release', '--names'], /^--names does not go with release/m],
    ])) {
      const { code, output } = await account.run(PARKED, args);
      assert.equal(code, 2, `${args.join(' ')}: ${output}`);
      assert.match(output, what);
      const command = ['report', 'release'].find((word) => args.includes(word)) ?? 'list';
      const end = `^Example: npm run parked -- ${command} .*\\nHelp: npm run parked -- --help, or docs/owners`;
      assert.match(output, new RegExp(end, 'm'));
    }
    const { requests } = await account.control('GET', 'journal');
    assert.deepEqual(requests, []);
  });

  it('lists reasons, and customers by name only if asked', async () => {
    const charlie = await account.parks('charlie', { reason: 'Waiting for, "parts"' });
    const { name } = account.customer('charlie');
    const [one] = await list();
    assert.deepEqual([one.reason, one.customerName], ['Waiting for, "parts"', undefined]);
    const plain = await account.succeeds(PARKED, ['list']);
    assert.match(plain, /^conversation +parked by +since +state +reason +queue/m);
    assert.ok(!plain.includes(name));
    assert.match(await account.succeeds(PARKED, ['list', '--names']), new RegExp(`^${charlie}  ${name}  ada `, 'm'));
    const csv = await account.succeeds(PARKED, ['list', '--csv', '--names']);
    const lines = csv.split('\r\n').filter((line) => line.startsWith('"'));
    assert.equal(lines.length, 2);
    assert.ok(lines[1].startsWith(`"${charlie}","ada","${account.agent('ada').workerSid}","20`), lines[1]);
    assert.ok(lines[1].includes(',"Waiting for, ""parts""",'), lines[1]);
    assert.ok(lines[1].includes(`,"${name}",`), lines[1]);
  });

  it('lists, mends and releases a choice', async () => {
    const [charlie, wanda] = [
      await account.parks('charlie', { reason: 'Parts' }),
      await account.parks('wanda', { reason: 'Payment' }),
    ];
    const chosen = async (...args) =>
      inJson(await account.succeeds(PARKED, ['list', '--json', ...args])).map((one) => one.conversationSid);
    assert.deepEqual((await chosen('--agent', 'Ada', '--queue', 'everyone')).sort(), [charlie, wanda].sort());
    assert.deepEqual(await chosen('--reason', 'pay'), [wanda]);
    assert.deepEqual(await chosen('--conversation', charlie), [charlie]);
    assert.deepEqual(await chosen('--conversation', charlie.toLowerCase()), [charlie]);
    assert.deepEqual(await chosen('--unheard'), []);
    assert.match(
      await account.succeeds(PARKED, ['list', '--agent', 'ben']),
      /^Nothing that is parked matches; 2 in all\. Agents with something parked: ada\.$/m,
    );
    const { parked } = inJson(await account.succeeds(PARKED, ['report', '--reason', 'pay', '--json']));
    assert.equal(parked, 1);

    await disarm('charlie');
    await disarm('wanda');
    assert.match(
      await account.succeeds(PARKED, ['reconcile', '--conversation', charlie.toLowerCase()]),
      new RegExp(`^${charlie}  restored\nLooked at conversations and rows: 1, with something to do: 1\\.$`, 'm'),
    );
    assert.equal((await account.conversation('wanda').webhooks.list()).length, 0);
    const again = inJson(await account.succeeds(PARKED, ['reconcile', '--conversation', charlie, '--json']));
    assert.deepEqual([again.lookedAt, again.changed], [1, []]);

    assert.match(
      await account.succeeds(PARKED, ['release', '--reason', 'parts']),
      new RegExp(`^${charlie}  routed$`, 'm'),
    );
    assert.equal((await account.state('charlie')).openTasks.length, 1);
    assert.equal((await account.state('wanda')).openTasks.length, 0);
    const { code, output } = await account.run(PARKED, ['release', '--agent', 'ben']);
    assert.equal(code, 0);
    assert.match(output, /^Nothing that is parked matches/m);
    assert.equal((await account.state('wanda')).openTasks.length, 0);
  });

  it('says for people that nothing matches, whatever the result is for', async () => {
    const charlie = await account.parks('charlie', { reason: 'Parts' });
    const all = /^Nothing that is parked matches; 1 in all\.$/m;
    for (const args of [['list'], ['list', '--json'], ['list', '--csv'], ['report'], ['report', '--json']]) {
      assert.match(await account.succeeds(PARKED, [...args, '--overdue']), all, args.join(' '));
      assert.doesNotMatch(await account.succeeds(PARKED, [...args, '--agent', 'ada']), all, args.join(' '));
    }
    assert.match(await account.succeeds(PARKED, ['list', '--conversation', charlie, '--csv']), /"parked_at"/);
  });

  it('takes a name that the account does not have for a wrong use', async () => {
    const nobody = `CH${'0'.repeat(32)}`;
    /** @type {[string, string, string][]} */
    const names = [
      ['--agent', 'adda', '--agent adda: there is no such agent in the account. Did you mean ada? There are: ada, ben'],
      [
        '--queue',
        'Evryone',
        '--queue Evryone: there is no such queue in the account. Did you mean Everyone? There are: ',
      ],
      ['--conversation', nobody, `--conversation ${nobody}: there is no such conversation in the account.`],
    ];
    for (const isParked of [false, true]) {
      const { webhooks } = account.conversation('charlie');
      if (isParked) await account.parks('charlie');
      const before = await webhooks.list();
      for (const [option, name, said] of names) {
        for (const command of ['list', 'report', 'reconcile', 'release']) {
          const { code, output } = await account.run(PARKED, [command, option, name]);
          assert.equal(code, 2, output);
          assert.ok(output.includes(`${said}`), output);
          assert.match(output, /^Example: npm run parked -- .*\nHelp: npm run parked -- --help, or docs\/owners/m);
        }
      }
      assert.equal((await account.state('charlie')).openTasks.length, isParked ? 0 : 1);
      assert.equal((await webhooks.list()).length, before.length);
    }
    assert.match(
      await account.succeeds(PARKED, ['list', '--agent', 'BEN', '--queue', 'everyone']),
      /^Nothing that is/m,
    );
  });

  it('says on Ctrl-C what is done and what goes on', async () => {
    await account.parks('charlie');
    await account.parks('wanda');
    const fault = { method: 'POST', host: account.facts.functionsDomain, kind: 'holdBefore', times: 1 };
    for (const [command, words] of /** @type {[string, string][]} */ ([
      ['release', 'What is routed goes on to agents by itself, and the rest stays parked and wakes as ever.'],
      ['reconcile', 'What is mended stays so.'],
    ])) {
      const { id } = await account.control('POST', 'faults', fault);
      const held = async () => (await account.control('GET', 'faults'))[0].held > 0;
      const { code, output } = await account.run(PARKED, [command], {
        onStart: (child) => until('the request', held).then(() => child.kill('SIGINT')),
      });
      assert.equal(code, 130, output);
      assert.ok(
        output.endsWith(
          `Interrupted: looked at 0, with something to do: 0. ${words} A request under way may still be done. Run it again for the rest.\n`,
        ),
        output,
      );
      await account.control('DELETE', `faults/${id}`);
    }
  });

  it('fails if a chosen conversation cannot be released', async () => {
    const charlie = await account.parks('charlie');
    await account.control('POST', 'faults', {
      ...{ method: 'POST', pathPattern: '/Invites$', kind: 'status', status: 400, code: 20001, times: 0 },
    });
    const { code, output } = await account.run(PARKED, ['release', '--agent', 'ada']);
    assert.equal(code, 1, output);
    assert.match(output, new RegExp(`^${charlie}  twilioRefused$`, 'm'));
  });

  it('reports again and again with --watch', async () => {
    await account.parks('charlie');
    const counts = (output) => [...output.matchAll(/^parked +(\d+)$/gm)].map(([, count]) => count);
    let parks;
    const { output } = await account.run(PARKED, ['report', '--watch', '--every', '5'], {
      onOutput: (output, child) => {
        if (counts(output).length === 1) parks ??= account.parks('wanda');
        if (counts(output).length === 2) child.kill('SIGINT');
      },
    });
    await parks;
    assert.deepEqual(counts(output), ['1', '2']);
    assert.match(output, /^Interrupted: nothing was changed\.$/m);
  });
});
