import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { until } from '../support/until.mjs';
import { openAccount } from './support.mjs';

const PARKED = 'parked';
const HOUR = 3_600_000;

describe('npm run parked -- report', () => {
  let account;
  before(async () => {
    account = await openAccount();
  });
  after(() => account.stop());
  beforeEach(() => account.begin());
  afterEach(() => account.end());

  const inJson = (output) => JSON.parse(output.slice(output.search(/^(?:\[\]?|\{)$/m)));

  const figures = async () => inJson(await account.succeeds(PARKED, ['report', '--json']));

  /** Returns the lines for people, without those of the set-up. */
  async function lines() {
    const all = (await account.succeeds(PARKED, ['report'])).trim().split('\n');
    return all.slice(all.findIndex((line) => /^(parked|Nothing) /.test(line)));
  }

  /** Returns the attributes and the webhook's address of a parked conversation. */
  async function parkedState(id) {
    const conversation = account.conversation(id);
    const { attributes } = await conversation.fetch();
    const [webhook] = await conversation.webhooks.list();
    return { attributes: JSON.parse(attributes), url: webhook.configuration.url };
  }

  /** Writes the time of an appointment into the webhook's address, as if it had been set long ago. */
  async function setDue(id, dueAt) {
    const { webhooks } = account.conversation(id);
    const [webhook] = await webhooks.list();
    const address = new URL(webhook.configuration.url);
    address.searchParams.set('w', seconds(dueAt));
    await account.conversation(id).webhooks(webhook.sid).update({ 'configuration.url': address.href });
  }

  const seconds = (ms) => String(Math.floor(ms / 1_000));

  /**
   * Creates a parked conversation like another one, with an appointment.
   *
   * @param {{ attributes: any, url: string }} state any: attributes as JSON
   * @param {{ dueAt: number, workerSid?: string, queueSid?: string }} changes
   */
  async function copy({ attributes, url }, { dueAt, workerSid, queueSid }) {
    const conversations = account.client.conversations.v1.conversations;
    const address = new URL(url);
    address.searchParams.set('w', seconds(dueAt));
    if (workerSid) address.searchParams.set('workerSid', workerSid);
    if (queueSid) address.searchParams.set('queueSid', queueSid);
    const { sid } = await conversations.create({ attributes: JSON.stringify(attributes) });
    await conversations(sid).webhooks.create({
      target: 'webhook',
      'configuration.url': address.href,
      'configuration.filters': ['onMessageAdded'],
    });
    return sid;
  }

  const none = { due: 0, overdue: 0, unheard: 0 };
  const without = ({ oldestParkedAt, ...group }) => group;

  it('reports nothing if nothing is parked', async () => {
    const { at, ...report } = await figures();
    assert.ok(Math.abs(at - Date.now()) < 60_000);
    assert.deepEqual(report, {
      ...{ parked: 0, ...none, unverified: 0, oldestParkedAt: null, oldest: null, agents: [], queues: [] },
    });
    assert.deepEqual(await lines(), ['Nothing is parked.']);
  });

  it('counts due, overdue and unheard by agent and queue', async () => {
    await account.parks('charlie');
    await account.parks('wanda');
    const ada = account.agent('ada');
    const ben = account.agent('ben');
    const state = await parkedState('charlie');
    const [[otherName, otherQueue]] = Object.entries(account.facts.queues).filter(([name]) => name !== 'Everyone');
    await copy(state, { workerSid: ben.workerSid, dueAt: Date.now() + HOUR });
    await copy(state, { workerSid: ben.workerSid, queueSid: otherQueue, dueAt: Date.now() - HOUR });
    await copy(state, { workerSid: ben.workerSid, queueSid: otherQueue, dueAt: Date.now() - 2 * HOUR });
    await account.control('POST', 'customers/wanda/messages', { body: 'Hello?' });
    await until('that wanda is unheard', async () => (await figures()).unheard === 1);
    await account.control('DELETE', 'journal');

    const { agents, queues, oldest, ...report } = await figures();
    const counts = ({ parked, due, overdue, unheard, unverified }) => ({ parked, due, overdue, unheard, unverified });
    assert.deepEqual(counts(report), { parked: 5, due: 1, overdue: 2, unheard: 1, unverified: 0 });
    const ofAda = { sid: ada.workerSid, name: 'ada', parked: 2, ...none, unheard: 1 };
    const ofBen = { sid: ben.workerSid, name: 'ben', parked: 3, ...none, due: 1, overdue: 2 };
    assert.deepEqual(agents.map(without), [ofBen, ofAda]);
    assert.deepEqual(queues.map(without), [
      { sid: account.facts.queues.Everyone, name: 'Everyone', parked: 3, ...none, due: 1, unheard: 1 },
      { sid: otherQueue, name: otherName, parked: 2, ...none, overdue: 2 },
    ]);
    assert.equal(oldest.parkedAt, report.oldestParkedAt);
    assert.ok(agents.every(({ oldestParkedAt }) => oldestParkedAt >= oldest.parkedAt));
    assert.deepEqual(await account.changes(), [], 'a report changes nothing');

    const told = await lines();
    assert.deepEqual(
      told.filter((line) => /^\w+ +\d+( |$)/.test(line)).map((line) => line.trim().split(/ {2,}/).slice(0, 5)),
      [
        ['parked', '5'],
        ['due', '1', 'their time is ahead'],
        ['overdue', '2', 'their time has passed, and no agent is asked'],
        ['unheard', '1', 'their customer wrote and waits for an answer'],
        ['ben', '3', '1', '2', '0'],
        ['ada', '2', '0', '0', '1'],
        ['Everyone', '3', '1', '0', '1'],
        [otherName, '2', '0', '2', '0'],
      ],
    );
    assert.ok(told.includes(`The oldest was parked 0 min ago: ${oldest.conversationSid}`), told.join('\n'));
    assert.ok(told.every((line) => line.length <= 80));
    const text = told.join('\n') + JSON.stringify(await figures());
    for (const { name, address } of account.facts.customers) {
      assert.ok(!text.includes(name) && !text.includes(address), 'no customer is named');
    }
  });

  it('counts a conversation with an open task as routed', async () => {
    await account.parks('charlie');
    await setDue('charlie', Date.now() - HOUR);
    assert.equal((await figures()).overdue, 1);
    await account.succeeds(PARKED, ['release']);
    assert.equal((await account.state('charlie')).openTasks.length, 1);
    const { parked, overdue, due } = await figures();
    assert.deepEqual({ parked, overdue, due }, { parked: 1, overdue: 0, due: 0 });
  });

  for (const [what, attributes] of [
    ['wiped', {}],
    ['a list', []],
    ['cut down to our own key', { parkInteraction: [] }],
  ]) {
    it(`counts a conversation whose record is ${what}`, async () => {
      await account.parks('charlie', { until: Number(seconds(Date.now() + HOUR)) });
      await account.setAttributes('charlie', attributes);
      const report = await figures();
      const { parked, due, unverified } = report;
      assert.deepEqual({ parked, due, unverified }, { parked: 1, due: 1, unverified: 0 });
      const [agent] = report.agents;
      const [queue] = report.queues;
      assert.deepEqual([agent.name, queue.name, agent.parked, queue.parked], ['ada', 'Everyone', 1, 1]);
      assert.notEqual(report.oldest, null);
    });
  }

  it('counts an unverified conversation apart', async () => {
    await account.parks('charlie');
    const { attributes } = await parkedState('charlie');
    const [webhook] = await account.conversation('charlie').webhooks.list();
    await account.conversation('charlie').webhooks(webhook.sid).remove();
    await account.setAttributes('charlie', { ...attributes, taskSid: `WT${'9'.repeat(32)}`, queueName: '\u001b[2J' });
    const { parked, unverified, agents, queues } = await figures();
    assert.deepEqual([parked, unverified, agents.length, queues.length], [1, 1, 1, 1]);
    assert.deepEqual([agents[0].sid, agents[0].name, queues[0].name], [null, null, null]);
    const told = (await lines()).join('\n');
    assert.match(told, /^unverified {2}1 {2}it is unknown who parked them: npm run parked -- list$/m);
    assert.match(told, /^\? +1 +0 +0 +0 /m);
    const table = await account.succeeds(PARKED, ['list']);
    assert.ok(!table.includes('\u001b[2J'), 'no control character reaches the terminal');
  });

  it('lists appointments', async () => {
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    const [ahead, passed] = [now + 30 * HOUR, now - HOUR];
    const charlie = await account.parks('charlie', { until: ahead / 1_000 });
    const wanda = await account.parks('wanda');
    await setDue('wanda', passed);
    const two = (number) => String(number).padStart(2, '0');
    const words = (ms) => {
      const at = new Date(ms);
      const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
      return `${date} ${two(at.getHours())}:${two(at.getMinutes())}`;
    };
    const table = await account.succeeds(PARKED, ['list']);
    assert.match(table, new RegExp(`^${wanda}  ada +0 min  overdue since ${words(passed)}  +Everyone  `, 'm'));
    assert.match(table, new RegExp(`^${charlie}  ada +0 min  until ${words(ahead)}  +Everyone  `, 'm'));
    assert.match(table, new RegExp(`^${wanda}: The time of its appointment has passed, .*reconcile routes it`, 'm'));
    assert.match(table, /^Times are those of this machine, UTC/m);
    assert.ok(table.indexOf(wanda) < table.indexOf(charlie), 'the overdue one is first');
    const listed = inJson(await account.succeeds(PARKED, ['list', '--json']));
    assert.deepEqual(
      listed.map(({ conversationSid, appointment }) => [conversationSid, appointment]),
      [
        [wanda, { at: passed, state: 'overdue' }],
        [charlie, { at: ahead, state: 'ahead' }],
      ],
    );
  });

  it('reports 300 conversations within 5 s', async () => {
    await account.parks('charlie');
    const state = await parkedState('charlie');
    const ben = account.agent('ben');
    for (let made = 1; made < 300; made += 10) {
      const numbers = Array.from({ length: Math.min(10, 300 - made) }, (_, index) => made + index);
      await Promise.all(
        numbers.map((number) =>
          copy(state, {
            ...(number % 3 === 0 && { workerSid: ben.workerSid }),
            dueAt: number % 2 === 0 ? Date.now() + HOUR : Date.now() - HOUR,
          }),
        ),
      );
    }
    const began = performance.now();
    const { parked, due, overdue, agents } = await figures();
    const ms = performance.now() - began;
    assert.deepEqual({ parked, due, overdue }, { parked: 300, due: 149, overdue: 150 });
    assert.deepEqual(
      agents.map((agent) => [agent.name, agent.parked]),
      [
        ['ada', 201],
        ['ben', 99],
      ],
    );
    assert.ok(ms < 5_000, `${Math.round(ms)} ms`);
  });
});
