// Each recorded version with today's code: its plugin with today's Functions, its Functions with today's plugin, and what it has parked.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { inRoot } from '../../scripts/lib/paths.mjs';
import { known } from '../support/known.mjs';
import { Core } from '../versions/core.mjs';
import { act, operate, post } from '../versions/play.mjs';
import { compare, filled, namesOf, record, recordings, versions } from '../versions/recordings.mjs';
import { restore } from '../versions/restore.mjs';
import { CUSTOMER, STORIES } from '../versions/stories.mjs';
import { deskOfSuite, RECONCILE, until } from './support.mjs';

const present = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')).version;
const newest = versions().at(-1) ?? '';

/** @param {any} reply any: JSON */
const nameOf = ({ outcome, refusal }) => refusal?.kind ?? outcome;

describe('the recordings of the newest version', () => {
  const desk = deskOfSuite();

  it('are there for the version of package.json', () => {
    assert.ok(compare(newest, present) >= 0, `npm run record:versions -- ${present}`);
    assert.deepEqual(Object.keys(recordings(newest)).sort(), Object.keys(STORIES).sort());
  });

  for (const [name, expected] of Object.entries(recordings(newest))) {
    it(`are what the code makes now: ${name}`, async () => {
      // If the change is meant: `npm run record:versions -- VERSION`, with the version that will have it.
      assert.deepEqual(await record(desk, await Core.load(), name), expected);
    });
  }
});

for (const version of versions()) {
  describe(`version ${version}`, () => {
    const desk = deskOfSuite();
    const parked = [];

    for (const [name, { flags, steps }] of Object.entries(recordings(version))) {
      it(`sends requests that the Functions accept: ${name}`, async () => {
        const began = Date.now();
        for (const step of steps) {
          if (step.does) {
            await act(desk, step);
            continue;
          }
          const sids = Object.fromEntries(Object.entries(await namesOf(desk)).map(([sid, its]) => [its, sid]));
          for (const { path, form, status, reply } of known(step.exchanges)) {
            const got = await post(desk, known(step.agent), path, filled(form, sids, began));
            assert.deepEqual([got.status, nameOf(got.reply)], [status, nameOf(reply)], JSON.stringify(got.reply));
          }
        }
      });

      it(`gives answers that the plugin reads: ${name}`, async () => {
        // A new page: what it has prepared is not prepared again for a while.
        const core = await Core.load();
        core.start(flags ?? {});
        const began = Date.now();
        const sids = Object.fromEntries(Object.entries(await namesOf(desk)).map(([sid, its]) => [its, sid]));
        // As if the conversation had been parked already.
        const answer = (value) => filled(value, { ...sids, webhook: 'WH00000000000000000000000000000001' }, began);
        for (const { operation, agent, exchanges, shown } of steps) {
          if (!operation) continue;
          const left = [...known(exchanges)];
          const answering = () => {
            const next = left.shift();
            assert.ok(next, `${operation} asks more than once`);
            return Promise.resolve({ status: next.status, reply: answer(next.reply) });
          };
          const step = STORIES[name].steps.find((one) => one.operation === operation && one.agent === agent);
          const { outcome } = await operate(desk, core, { ...step, operation, agent }, answering);
          const ids = (outcome?.effects ?? []).flatMap(({ id }) => id ?? []);
          assert.deepEqual(ids, shown, operation);
          assert.deepEqual(left, [], `${operation} asks less often`);
        }
      });

      for (const [place, { operation, leaves }] of steps.entries()) {
        if (leaves) parked.push({ what: `${name}, after ${place + 1}: ${operation}`, leaves });
      }
    }

    const openTask = () => until('a task', async () => (await desk.state(CUSTOMER)).openTasks[0]);

    /** Accepts and settles. Nothing of the parking is left then. */
    async function joins() {
      const { worker_sid: worker } = await desk.answerOffer(CUSTOMER, 'accepted');
      const { identity } = known(desk.facts.agents.find(({ workerSid }) => workerSid === worker));
      assert.equal((await desk.settle(CUSTOMER, identity)).body.outcome, 'settled');
      const { attributes, conversation, rows, waiting, agents } = await desk.state(CUSTOMER);
      assert.deepEqual(Object.keys(attributes), ['pre_engagement_data']);
      assert.deepEqual([conversation.webhooks, rows, waiting, agents.length], [[], [], [], 1]);
    }

    for (const { what, leaves } of parked) {
      it(`has parked what the customer wakes: ${what}`, async () => {
        const holdsBack = /[?&]y=/.test(leaves.webhooks[0].configuration.url);
        await restore(desk, leaves);
        await desk.writes(CUSTOMER);
        // A kept time holds the first message back; the second one wakes.
        if (holdsBack) await desk.writes(CUSTOMER, 'Hello?');
        await openTask();
        await joins();
      });

      it(`has parked what the agent sees and resumes: ${what}`, async () => {
        const { agent, item } = await restore(desk, leaves);
        const { workerSid } = desk.agent(agent);
        const core = await Core.load();
        const [row] = core.rows(workerSid, [{ ...item, dateUpdated: Date.now(), dateExpires: null }]);
        const shown = [row.conversationSid, row.data.customerName];
        assert.deepEqual(shown, [desk.customer(CUSTOMER).conversationSid, desk.customer(CUSTOMER).name]);
        assert.equal((await desk.resume(CUSTOMER, agent, { ownerSid: workerSid })).body.outcome, 'routed');
        await openTask();
        await joins();
      });

      it(`has parked what the owner may look over: ${what}`, async () => {
        await restore(desk, leaves);
        assert.equal((await desk.signed(RECONCILE, {})).body.outcome, 'reconciled');
        assert.equal((await desk.state(CUSTOMER)).conversation.webhooks.length, 1);
        await desk.signed(RECONCILE, { release: 'true' });
        await openTask();
        await joins();
      });
    }
  });
}
