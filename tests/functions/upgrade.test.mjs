import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { known } from '../support/known.mjs';
import { parkAsRecorded } from './recorded.mjs';
import { deskOfSuite, RECONCILE, until } from './support.mjs';

/** A record of a version before rows were restored: without the row's end and the last heard message. */
const FORMER = 'before-rows-came-back';

/** The attributes before the earlier version parked. */
const OTHERS = { theirs: { kept: 1 }, workerSid: 'of others' };

describe('a conversation parked by an earlier version', () => {
  const desk = deskOfSuite();

  async function acceptsAndSettles() {
    const { worker_sid: worker } = await desk.answerOffer('charlie', 'accepted');
    const { identity } = known(desk.facts.agents.find(({ workerSid }) => workerSid === worker));
    assert.equal((await desk.settle('charlie', identity)).body.outcome, 'settled');
    const { attributes, conversation, rows, agents } = await desk.state('charlie');
    assert.deepEqual([attributes, conversation.webhooks, rows, agents.length], [OTHERS, [], [], 1]);
  }

  const hasTask = () => until('a task', async () => (await desk.state('charlie')).openTasks.length === 1);

  it('is woken by the customer, and settled', async () => {
    await parkAsRecorded(desk, 'charlie', FORMER);
    await desk.writes('charlie');
    await hasTask();
    await desk.wakes('charlie');
    assert.deepEqual((await desk.state('charlie')).rows, []);
    await acceptsAndSettles();
  });

  it('is resumed from the list, and settled', async () => {
    await parkAsRecorded(desk, 'charlie', FORMER);
    assert.equal((await desk.resume('charlie', 'ada')).body.outcome, 'routed');
    await acceptsAndSettles();
  });

  it('is not changed by `reconcile`', async () => {
    await parkAsRecorded(desk, 'charlie', FORMER);
    assert.deepEqual((await desk.signed(RECONCILE, {})).body.changed, []);
  });

  it('wakes at another domain after `reconcile`', async () => {
    await parkAsRecorded(desk, 'charlie', FORMER, { domain: 'former-1234-dev.twil.io' });
    const { body } = await desk.signed(RECONCILE, {});
    assert.deepEqual(
      body.changed.map(({ outcome }) => outcome),
      ['restored'],
    );
    assert.equal((await desk.state('charlie')).conversation.webhooks.length, 1);
    await desk.writes('charlie');
    await hasTask();
    await acceptsAndSettles();
  });

  it('is routed by `release`', async () => {
    await parkAsRecorded(desk, 'charlie', FORMER);
    await desk.signed(RECONCILE, { release: 'true' });
    await hasTask();
    await acceptsAndSettles();
  });
});
