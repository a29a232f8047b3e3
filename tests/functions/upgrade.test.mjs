import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { known } from '../support/known.mjs';
import { parkAsRecorded } from './recorded.mjs';
import { deskOfSuite, RECONCILE, until } from './support.mjs';

/** From before rows came back: a record that says neither when its row ends nor what was heard. */
const FORMER = 'before-rows-came-back';

/** What was in the attributes before an earlier version parked. */
const OTHERS = { theirs: { kept: 1 }, workerSid: 'of others' };

describe('what an earlier version parked', () => {
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

  it('has nothing that would have to be mended', async () => {
    await parkAsRecorded(desk, 'charlie', FORMER);
    assert.deepEqual((await desk.signed(RECONCILE, {})).body.changed, []);
  });

  it('wakes also after the Functions have moved to another domain, once all is looked over', async () => {
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

  it('is routed when all is released', async () => {
    await parkAsRecorded(desk, 'charlie', FORMER);
    await desk.signed(RECONCILE, { release: 'true' });
    await hasTask();
    await acceptsAndSettles();
  });
});
