// Who may do what with whose parked conversation, with each value of the flag `supervisors_see`.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { known } from '../support/known.mjs';
import { deskOfSuite, PATHS } from './support.mjs';

/** The agents: two of one team beside Ada and Sue, two of another. */
const PEOPLE = {
  ada: { team: 'one' },
  cleo: { team: 'one' },
  dora: { team: 'one' },
  sue: { team: 'one', role: 'supervisor' },
  ben: { team: 'two' },
  eve: { team: 'two' },
  ann: { team: 'two', role: 'admin' },
};

/** Each caller: the agent whose own conversations count as theirs, and their token. */
const CALLERS = {
  agent: { own: 'ada', token: (desk) => desk.agent('ada').token },
  supervisor: { own: 'sue', token: (desk) => desk.agent('sue').token },
  admin: { own: 'ann', token: (desk) => desk.agent('ann').token },
  nobody: { own: 'ada', token: () => '' },
  forger: { own: 'ada', token: (desk) => forged(desk) },
  'a former admin': {
    own: 'ada',
    token: async (desk) => {
      const { token } = await desk.control('POST', 'tokens', { identity: 'ann', lifeMs: 60_000 });
      await desk.control('POST', 'clock', { advanceMs: 61_000 });
      return token;
    },
  },
};

/** The actions: the function, the fields beside the conversation, and the outcome if it is done. */
const ACTIONS = {
  resume: [PATHS.resume, () => ({}), 'routed'],
  give: [PATHS.give, () => ({}), 'routed'],
  'give to the team': [PATHS.give, (desk) => ({ workerSid: desk.agent('dora').workerSid, agentName: 'x' }), 'given'],
  'give to another team': [PATHS.give, (desk) => ({ workerSid: desk.agent('eve').workerSid, agentName: 'x' }), 'given'],
  end: [PATHS.end, () => ({}), 'ended'],
  keep: [PATHS.keep, () => ({ expiresAfterHours: 72 }), 'extended'],
  change: [PATHS.change, () => ({ reason: 'Parts' }), 'changed'],
};

/** Whose conversation it is, in the order of the letters below. */
const WHOSE = ['their own', "a colleague's", "another team's", 'not parked'];

/** The letters: done, or the status and the kind of the refusal. */
const REFUSALS = { '-': [403, 'notAllowed'], 0: [404, 'notParked'], x: [401, 'invalidToken'] };

const ANY = ['all', 'team'];
const NOTHING = Object.keys(ACTIONS).map(() => 'xxxx');
/** A row for each caller and value of the flag: for each action a letter for each of `WHOSE`. `D` is done. */
const MATRIX = /** @type {[string[], keyof typeof CALLERS, string[]][]} */ ([
  //                       resume  give    team    other   end     keep    change
  [ANY, 'agent', /*     */ ['D--0', 'D--0', '----', '----', 'D--0', 'D--0', 'D--0']],
  [['all'], 'supervisor', ['DDD0', 'DDD0', 'DDD0', 'DDD0', 'DDD0', 'DDD0', 'DDD0']],
  [['team'], 'supervisor', ['DD-0', 'DD-0', 'DD-0', '---0', 'DD-0', 'DD-0', 'DD-0']],
  [ANY, 'admin', /*     */ ['DDD0', 'DDD0', 'DDD0', 'DDD0', 'DDD0', 'DDD0', 'DDD0']],
  [ANY, 'nobody', NOTHING],
  [ANY, 'forger', NOTHING],
  [ANY, 'a former admin', NOTHING],
]);

/** Returns a token that nobody has issued, with the claims of an admin. */
function forged(desk) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ worker_sid: desk.agent('ann').workerSid, roles: ['admin'] })}.`;
}

/** Returns everything of one conversation that a refused request must not change. */
async function facts(desk, id) {
  const { conversation, participants, tasks, rows, notes, waiting } = await desk.state(id);
  return { conversation, participants, tasks, rows, notes, waiting };
}

/** The number of contact centres so far. */
let seeds = 0;

/** Opens a contact centre with these people, flags and customers, whose agents have accepted them. */
async function seed(desk, flags, customers) {
  const agents = Object.entries(PEOPLE).map(([identity, { role = 'agent' }]) => ({
    identity,
    fullName: `${identity} ${role}`,
    roles: [role],
    chatCapacity: 50,
  }));
  await desk.control('POST', 'seed', {
    agents,
    flags: { enabled: true, show_list: true, ...flags },
    customers: customers.map(([id, assignedTo]) => ({
      id,
      name: id,
      channel: 'web',
      messages: ['Hello', 'Hi'],
      assignedTo,
    })),
  });
  await desk.control('POST', 'config', {
    workerAttributes: Object.fromEntries(
      Object.entries(PEOPLE).map(([identity, { team }]) => [identity, { team_id: team, team_name: `Team ${team}` }]),
    ),
  });
  // A reset sets the clock back, and the Functions may have read the flag at the time of the last advance.
  seeds += 1;
  await desk.control('POST', 'clock', { advanceMs: seeds * 300_000 });
  desk.facts = await desk.control('GET', 'facts');
}

describe('the authority of', () => {
  const desk = deskOfSuite();

  for (const [values, caller, rows] of MATRIX) {
    for (const sees of values) {
      it(`${caller}, where supervisors see ${sees}`, async (t) => {
        t.after(() => desk.control('POST', 'seed', {}));
        const { own, token } = CALLERS[caller];
        const owners = [own, 'cleo', 'ben', 'ben'];
        const cells = Object.keys(ACTIONS).flatMap((action, row) =>
          [...rows[row]].map((expected, column) => ({
            action,
            column,
            expected,
            owner: owners[column],
            // What is refused changes nothing, so that all such cells of a column may share a conversation.
            id: expected === 'D' ? `done-${row}-${column}` : `refused-${column}`,
          })),
        );
        const customers = new Map(cells.map(({ id, owner }) => [id, owner]));
        await seed(desk, { supervisors_see: sees }, [...customers]);
        const parked = [...new Map(cells.filter(({ column }) => column < 3).map((cell) => [cell.id, cell.owner]))];
        await Promise.all(parked.map(([id, agent]) => desk.parked(id, { agent, expiresAfterHours: 24 })));

        const Token = await token(desk);
        for (const { id, action, expected, column } of cells) {
          const [path, fields, outcome] = ACTIONS[action];
          const name = `${action}, ${WHOSE[column]}`;
          const before = await facts(desk, id);
          const { conversationSid } = desk.customer(id);
          const { status, body } = await desk.call(path, { Token, conversationSid, ...fields(desk) });
          if (expected === 'D') {
            assert.deepEqual([status, body.outcome], [200, outcome], `${name}: ${JSON.stringify(body)}`);
          } else {
            const refusal = [status, body.refusal?.kind];
            assert.deepEqual(refusal, REFUSALS[expected], `${name}: ${JSON.stringify(body)}`);
            assert.deepEqual(await facts(desk, id), before, name);
          }
        }
      });
    }
  }
});

describe('the list of agents', () => {
  const desk = deskOfSuite();
  const ask = (identity, fields = {}) => desk.call(PATHS.team, { Token: desk.agent(identity).token, ...fields });
  const sids = (...identities) => identities.map((identity) => desk.agent(identity).workerSid).join(',');

  /** Returns the identity of an agent in an answer. */
  const identityOf = ({ workerSid }) =>
    known(desk.facts.agents.find((agent) => agent.workerSid === workerSid)).identity;

  /** Returns the identities in an answer, with a star for those of the caller's team. */
  const listed = ({ agents }) => agents.map((agent) => identityOf(agent) + (agent.isMine ? '*' : ''));
  const rooms = ({ rooms: all }) => all.map(identityOf);

  const ALL_OF_SUE = ['ada*', 'ann', 'ben', 'cleo*', 'dora*', 'eve', 'sue*'];
  const ALL_OF_ANN = ['ada', 'ann*', 'ben*', 'cleo', 'dora', 'eve*', 'sue'];
  const TEAM_OF_SUE = ['ada*', 'cleo*', 'dora*', 'sue*'];

  for (const [flag, who, sees, agents, seen] of /** @type {[string, string, string, string[], string[]][]} */ ([
    ['all', 'sue', 'all', ALL_OF_SUE, ['ben', 'cleo', 'sue']],
    ['team', 'sue', 'team', TEAM_OF_SUE, ['cleo', 'sue']],
    ['all', 'ann', 'all', ALL_OF_ANN, ['ben', 'cleo', 'sue']],
    ['team', 'ann', 'all', ALL_OF_ANN, ['ben', 'cleo', 'sue']],
  ])) {
    it(`shows ${who} ${sees} where supervisors see ${flag}`, async (t) => {
      t.after(() => desk.control('POST', 'seed', {}));
      await seed(desk, { supervisors_see: flag }, []);
      const list = await ask(who);
      assert.deepEqual([list.status, list.body.outcome, list.body.sees], [200, 'team', sees]);
      assert.deepEqual(listed(list.body), agents);
      const room = await ask(who, { roomOf: sids('ben', 'cleo', 'sue') });
      assert.deepEqual([room.status, room.body.outcome], [200, 'room']);
      assert.deepEqual(rooms(room.body), seen);
      for (const { free, capacity } of room.body.rooms) assert.deepEqual([free, capacity], [50, 50]);
    });
  }

  it('is refused to everybody else', async (t) => {
    t.after(() => desk.control('POST', 'seed', {}));
    await seed(desk, {}, []);
    for (const fields of [{}, { roomOf: sids('cleo') }]) {
      const agent = await ask('ada', fields);
      assert.deepEqual([agent.status, agent.body.refusal?.kind], [403, 'notAllowed']);
      for (const Token of ['', forged(desk), 'made-up']) {
        const nobody = await ask('ada', { ...fields, Token });
        assert.deepEqual([nobody.status, nobody.body.refusal?.kind], [401, 'invalidToken']);
      }
    }
  });

  it('is the same where the list of workers does not show attributes', async (t) => {
    t.after(() => desk.control('POST', 'seed', {}));
    await seed(desk, { supervisors_see: 'team' }, []);
    const shown = await ask('sue');
    await desk.control('POST', 'readings', { 'listed-attributes': 'null' });
    const hidden = await ask('sue');
    assert.deepEqual(listed(hidden.body), TEAM_OF_SUE);
    assert.deepEqual(hidden.body, shown.body);
  });

  it('names agents and teams whatever their attributes hold', async (t) => {
    t.after(() => desk.control('POST', 'seed', {}));
    await seed(desk, { supervisors_see: 'all' }, []);
    await desk.control('POST', 'config', {
      workerAttributes: {
        ada: { team_id: null, team_name: null, full_name: null },
        ben: { team_id: { one: 1 }, team_name: ['one'], full_name: 7 },
        cleo: { team_id: 'one', team_name: null, full_name: ' ' },
        sue: { team_id: 'one', team_name: 3 },
      },
    });
    const { body } = await ask('sue');
    const shown = Object.fromEntries(
      body.agents.map((agent) => [identityOf(agent), [agent.name, agent.team, agent.isMine]]),
    );
    assert.deepEqual(shown.ada, ['ada', '', false]);
    assert.deepEqual(shown.ben, ['7', '', false]);
    assert.deepEqual(shown.cleo, ['cleo', 'one', true]);
    assert.deepEqual(shown.sue, ['sue supervisor', '3', true]);
    assert.deepEqual(shown.dora, ['dora agent', 'Team one', true]);
  });

  it('leads to no other request by its parameters', async (t) => {
    t.after(() => desk.control('POST', 'seed', {}));
    await seed(desk, { supervisors_see: 'team' }, []);
    await ask('sue');
    await desk.control('DELETE', 'journal');
    for (const fields of [
      { next: 'https://example.com/?Page=1' },
      { next: '/../Tasks?Page=1' },
      { next: 'Page=1&TargetWorkersExpression=team_id=="two"' },
      { next: 'TargetWorkersExpression=1%3D%3D1' },
      { next: 'Page=1#' },
      { next: `PageToken=${'x'.repeat(1_000)}` },
      { roomOf: '../Tasks' },
      { roomOf: `${sids('cleo')}/Channels` },
      { roomOf: Array.from({ length: 21 }, () => sids('cleo')).join(',') },
    ]) {
      const { status, body } = await ask('sue', fields);
      assert.deepEqual([status, body.refusal], [400, { kind: 'badRequest', field: Object.keys(fields)[0] }]);
    }
    const { requests } = await desk.control('GET', 'journal');
    assert.deepEqual(
      requests.filter(({ host }) => host.endsWith('.twilio.com')),
      [],
    );
    const page = await ask('sue', { next: 'PageSize=2&Page=0' });
    assert.deepEqual([page.status, page.body.outcome], [200, 'team']);
    const last = (await desk.control('GET', 'journal')).requests.filter(({ host }) => host.endsWith('.twilio.com'));
    for (const { path } of last) assert.match(path, /\/Workers(\/WK[0-9a-f]{32})?$/);
  });

  it('comes in pages of which each has its own agents', async (t) => {
    t.after(() => desk.control('POST', 'seed', {}));
    await seed(desk, { supervisors_see: 'all' }, []);
    const all = [];
    /** @type {string | undefined} */
    let next = 'PageSize=3&Page=0';
    for (let page = 0; next; page += 1) {
      assert.ok(page < 5, 'the pages never end');
      const { status, body } = await ask('sue', { next });
      assert.equal(status, 200, JSON.stringify(body));
      all.push(...listed(body));
      next = body.next;
    }
    assert.deepEqual(all.sort(), ALL_OF_SUE);
  });
});

describe('the flag supervisors_see', () => {
  const desk = deskOfSuite();
  const CUSTOMERS = /** @type {[string, string][]} */ ([
    ['own', 'sue'],
    ['mine', 'cleo'],
    ['other', 'ben'],
  ]);

  const prepared = async (flags, t) => {
    t.after(() => desk.control('POST', 'seed', {}));
    await seed(desk, flags, CUSTOMERS);
    for (const [id, agent] of CUSTOMERS) await desk.parked(id, { agent, expiresAfterHours: 24 });
  };
  const keeps = async (id, fields = {}) => {
    const { conversationSid } = desk.customer(id);
    const Token = desk.agent('sue').token;
    const { body } = await desk.call(PATHS.keep, { Token, conversationSid, expiresAfterHours: 72, ...fields });
    return body.refusal?.kind ?? body.outcome;
  };
  const readsOfFlag = async () => {
    const { requests } = await desk.control('GET', 'journal');
    return requests.filter(({ path }) => path === '/v1/Configuration').length;
  };

  it('counts a minute after a change at the latest', async (t) => {
    await prepared({ supervisors_see: 'all' }, t);
    assert.equal(await keeps('other'), 'extended');
    await desk.control('POST', 'config', {
      uiAttributes: { custom_data: { features: { park_interaction: { supervisors_see: 'team' } } } },
    });
    await desk.forgetCallers();
    assert.equal(await keeps('other'), 'notAllowed');
    assert.equal(await keeps('mine'), 'extended');
  });

  it('is read at most once in a minute, and not for own conversations', async (t) => {
    await prepared({ supervisors_see: 'all' }, t);
    await desk.control('DELETE', 'journal');
    assert.equal(await keeps('own'), 'extended');
    assert.equal(await readsOfFlag(), 0);
    assert.equal(await keeps('other'), 'extended');
    assert.equal(await keeps('mine'), 'extended');
    assert.equal(await readsOfFlag(), 1);
  });

  it('comes from Flex alone', async (t) => {
    await prepared({ supervisors_see: 'team' }, t);
    await desk.control('POST', 'config', {
      workerAttributes: { sue: { config_overrides: { features: { park_interaction: { supervisors_see: 'all' } } } } },
    });
    const fields = { supervisors_see: 'all', supervisorsSee: 'all', sees: 'all', team_id: 'two' };
    assert.equal(await keeps('other', fields), 'notAllowed');
  });

  it('gives no right where it cannot be read', async (t) => {
    await prepared({ supervisors_see: 'all' }, t);
    const before = await facts(desk, 'other');
    await desk.fault({ pathPattern: '/v1/Configuration', kind: 'status', status: 503, times: 0 });
    assert.equal(await keeps('other'), 'twilioUnavailable');
    assert.deepEqual(await facts(desk, 'other'), before);
    assert.equal(await keeps('own'), 'extended');
    const list = await desk.call(PATHS.team, { Token: desk.agent('sue').token });
    assert.deepEqual([list.status, list.body.refusal?.kind], [503, 'twilioUnavailable']);
  });

  it('gives no right where it is malformed', async (t) => {
    for (const value of ['Team', 'everybody', true, ['all']]) {
      await prepared({ supervisors_see: value }, t);
      assert.equal(await keeps('mine'), 'twilioUnavailable', JSON.stringify(value));
      assert.equal(await keeps('own'), 'extended');
    }
  });
});
