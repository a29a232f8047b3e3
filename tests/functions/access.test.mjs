import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { deskOfSuite, PATHS } from './support.mjs';

describe('access to lists in Sync', () => {
  const desk = deskOfSuite();
  const ask = (fields) => desk.call(PATHS.access, fields);
  const sync = () => desk.client.sync.v1.services(desk.facts.agentSyncServiceSid);

  /** Returns who may do what, by map. */
  async function permissions() {
    const maps = await sync().syncMaps.list();
    const all = maps.map(async ({ uniqueName }) => {
      const given = await sync().syncMaps(uniqueName).syncMapPermissions.list();
      return [uniqueName, given.map(({ identity, read, write, manage }) => [identity, read, write, manage])];
    });
    return Object.fromEntries(await Promise.all(all));
  }

  it('lets an agent read their own list, and mark what waits', async () => {
    const { token, workerSid } = desk.agent('ada');
    const answer = await ask({ Token: token });
    assert.deepEqual([answer.status, answer.body], [200, { outcome: 'allowed' }]);
    const waiting = ['0', '1', '2', '3'].map((number) => [
      `ParkInteractionWaiting_${number}`,
      [['ada', true, true, false]],
    ]);
    const own = [`ParkedInteractions_${workerSid}`, [['ada', true, false, false]]];
    assert.deepEqual(await permissions(), Object.fromEntries([...waiting, own]));
  });

  it('can be asked for again, and by everybody for themselves', async () => {
    for (const agent of ['ada', 'ada', 'ben'])
      assert.equal((await ask({ Token: desk.agent(agent).token })).status, 200);
    const given = await permissions();
    const list = (agent) => given[`ParkedInteractions_${desk.agent(agent).workerSid}`];
    assert.deepEqual([list('ada'), list('ben')], [[['ada', true, false, false]], [['ben', true, false, false]]]);
    assert.deepEqual(
      given['ParkInteractionWaiting_0'].map(([identity]) => identity),
      ['ada', 'ben'],
    );
  });

  it('is for nobody without a token', async () => {
    for (const Token of [undefined, '', 'forged']) {
      const answer = await ask({ Token });
      assert.deepEqual([answer.status, answer.body.refusal?.kind], [401, 'invalidToken']);
    }
    assert.deepEqual(await permissions(), {});
  });
});
