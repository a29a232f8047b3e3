// What the rows in Sync say about people, with each value of the flag `row_texts`.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { deskOfSuite, PATHS } from './support.mjs';

const TEXTS = {
  lastLine: 'secret line',
  lastLineBy: 'customer',
  note: 'secret note',
  agentName: 'secret name',
  reason: 'Parts',
  expiresAfterHours: 24,
};

describe('a row', () => {
  const desk = deskOfSuite();

  /** Returns the data of the one row of Charlie's conversation, as text. */
  const row = async () => {
    const { rows } = await desk.state('charlie');
    assert.equal(rows.length, 1);
    return JSON.stringify(rows[0].data);
  };

  /** Checks what a row says. */
  const check = async (isBare, after) => {
    const text = await row();
    for (const secret of ['secret line', 'secret note', 'secret name', 'Charlie Customer']) {
      assert.equal(text.includes(secret), !isBare, `${after}: ${secret} in ${text}`);
    }
    assert.ok(text.includes('Parts'), text);
    assert.ok(text.includes('"channelType":"web"'), text);
  };

  it('has texts about people unless the owner wants none', async () => {
    await desk.parked('charlie', TEXTS);
    await check(false, 'the park');
  });

  it('stays without texts about people through changes and repairs', async () => {
    await desk.parked('charlie', { ...TEXTS, bareRows: true });
    await check(true, 'the park');
    const { conversationSid } = desk.customer('charlie');
    const asSue = { Token: desk.agent('sue').token, conversationSid };
    const kept = await desk.call(PATHS.keep, { ...asSue, expiresAfterHours: 72 });
    assert.equal(kept.body.outcome, 'extended');
    await check(true, 'the change');
    const { workerSid } = desk.agent('ben');
    const given = await desk.call(PATHS.give, { ...asSue, workerSid, agentName: 'secret name' });
    assert.equal(given.body.outcome, 'given', JSON.stringify(given.body));
    await check(true, 'the gift');
    const [{ sid }] = (await desk.world()).maps.filter(
      ({ unique_name: name }) => name === `ParkedInteractions_${workerSid}`,
    );
    const item = desk.client.sync.v1.services(desk.facts.syncServiceSid).syncMaps(sid).syncMapItems(conversationSid);
    await item.remove();
    const repaired = await desk.signed(PATHS.reconcile, { conversationSid });
    assert.equal(repaired.body.outcome, 'restored', JSON.stringify(repaired.body));
    await check(true, 'the repair');
  });
});
