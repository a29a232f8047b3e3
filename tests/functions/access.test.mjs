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

  it('lets supervisors read the lists of agents whom they see, and no agent', async () => {
    const [ada, ben] = ['ada', 'ben'].map((agent) => desk.agent(agent).workerSid);
    await desk.parked('charlie');
    const of = `${ada},${ben}`;
    const refused = await ask({ Token: desk.agent('ben').token, of });
    assert.deepEqual([refused.status, refused.body.refusal?.kind], [403, 'notAllowed']);
    const answer = await ask({ Token: desk.agent('sue').token, of });
    assert.deepEqual(answer.body, { outcome: 'allowed' });
    // Ben has no list: none is made for him.
    assert.deepEqual(await permissions(), { [`ParkedInteractions_${ada}`]: [['sue', true, false, false]] });
  });

  it('keeps a supervisor to their own team, if the owner wants that', async () => {
    const seen = (value) => ({
      uiAttributes: { custom_data: { features: { park_interaction: { supervisors_see: value } } } },
    });
    await desk.control('POST', 'config', {
      ...seen('team'),
      workerAttributes: { ada: { team_id: 'one' }, ben: { team_id: 'two' }, sue: { team_id: 'one' } },
    });
    desk.forgetCallers();
    await desk.parked('charlie');
    const { token } = desk.agent('sue');
    assert.equal((await ask({ Token: token, of: desk.agent('ada').workerSid })).status, 200);
    const answer = await ask({
      Token: token,
      of: [desk.agent('ada'), desk.agent('ben')].map(({ workerSid }) => workerSid).join(),
    });
    assert.deepEqual([answer.status, answer.body.refusal?.kind], [403, 'notAllowed']);
  });

  it('names a malformed field', async () => {
    for (const of of ['WK1', 'x', `${desk.agent('ada').workerSid},`]) {
      const { status, body } = await ask({ Token: desk.agent('sue').token, of });
      assert.deepEqual([status, body.refusal], [400, { kind: 'badRequest', field: 'of' }]);
    }
  });

  it('is for nobody without a token', async () => {
    for (const Token of [undefined, '', 'forged']) {
      const answer = await ask({ Token });
      assert.deepEqual([answer.status, answer.body.refusal?.kind], [401, 'invalidToken']);
    }
    assert.deepEqual(await permissions(), {});
  });
});
