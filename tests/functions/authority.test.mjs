import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { CHECK, deskOfSuite, END, GIVE, KEEP, PARK, RESUME, SETTLE, until, WAKE } from './support.mjs';

const MADE_UP = 'f'.repeat(32);

describe('authority', () => {
  const desk = deskOfSuite();

  /** Returns the state that a refused request must not change. */
  async function facts() {
    const { conversations, channels, tasks, reservations, maps, documents } = await desk.world();
    // An operation of the test before may still be under way, and claim a conversation that is gone.
    const claims = documents.filter(({ unique_name: name }) => conversations.some(({ sid }) => name.endsWith(sid)));
    return { conversations, channels, tasks, reservations, maps, documents: claims };
  }

  /** Checks that `attempt` is refused with this status and kind, and changes nothing. */
  async function refused([status, kind], attempt, { unchanged = (all) => all } = {}) {
    const before = unchanged(await facts());
    const answer = await attempt();
    assert.deepEqual([answer.status, answer.body.refusal?.kind], [status, kind], JSON.stringify(answer.body));
    assert.deepEqual(unchanged(await facts()), before);
  }

  /** Leaves claims out of the comparison: they are our own, and expire. */
  const butForClaims = { unchanged: ({ documents: _, ...rest }) => rest };

  describe('of the caller', () => {
    it('refuses every operation of another agent', async () => {
      await refused([403, 'notAllowed'], () => desk.park('charlie', { agent: 'ben' }), butForClaims);
      await desk.parked('charlie');
      await refused([403, 'notAllowed'], () => desk.resume('charlie', 'ben'), butForClaims);
      await refused([403, 'notAllowed'], () => desk.settle('charlie', 'ben'), butForClaims);
      await refused([403, 'notAllowed'], () => desk.keep('charlie', 'ben', 72), butForClaims);
      await refused([403, 'notAllowed'], () => desk.give('charlie', 'ben'), butForClaims);
      await refused([403, 'notAllowed'], () => desk.close('charlie', 'ben'), butForClaims);
    });

    // Role by whose row: an agent has their own, supervisors and admins have all.
    for (const [who, mayOthers] of /** @type {[string, boolean][]} */ ([
      ['ada', false],
      ['sue', true],
      ['ann', true],
    ])) {
      for (const [operation, outcome] of [
        ['give', 'routed'],
        ['close', 'ended'],
      ]) {
        it(`lets ${who} ${operation} ${mayOthers ? 'any conversation' : 'their own conversation only'}`, async (t) => {
          // A reset makes the contact centre of the last seed.
          t.after(() => desk.control('POST', 'seed', {}));
          const customer = (id, assignedTo) => ({
            id,
            name: id,
            channel: 'web',
            messages: ['Hello', 'Hi'],
            assignedTo,
          });
          await desk.control('POST', 'seed', { customers: [customer('charlie', 'ada'), customer('wanda', 'ben')] });
          await desk.control('POST', 'agents', { identity: 'ann', fullName: 'Ann Admin', roles: ['admin'] });
          desk.facts = await desk.control('GET', 'facts');
          await desk.parked('charlie');
          await desk.parked('wanda', { agent: 'ben' });
          const own = await desk[operation]('charlie', who);
          assert.deepEqual([own.status, own.body.outcome], [200, outcome], JSON.stringify(own.body));
          if (mayOthers) {
            const { body } = await desk[operation]('wanda', who);
            assert.equal(body.outcome, outcome);
          } else {
            await refused([403, 'notAllowed'], () => desk[operation]('wanda', who), butForClaims);
          }
        });
      }
    }

    it('refuses a park by a supervisor or admin who has not joined', async () => {
      await desk.control('POST', 'agents', { identity: 'ann', fullName: 'Ann Admin', roles: ['admin'] });
      desk.facts = await desk.control('GET', 'facts');
      for (const agent of ['sue', 'ann']) {
        await refused([403, 'notAllowed'], () => desk.park('charlie', { agent }), butForClaims);
      }
    });

    it('lets an admin resume the conversation of another agent', async () => {
      await desk.control('POST', 'agents', { identity: 'ann', fullName: 'Ann Admin', roles: ['admin'] });
      desk.facts = await desk.control('GET', 'facts');
      await desk.parked('charlie');
      const { body } = await desk.resume('charlie', 'ann');
      assert.equal(body.outcome, 'routed');
      const offer = await desk.answerOffer('charlie', 'accepted');
      assert.equal(offer.worker_sid, desk.agent('ann').workerSid);
    });

    it('refuses a supervisor whose desktop asks without a click for what was not given to them', async () => {
      await desk.parked('charlie');
      const byItself = (agent) => desk.resume('charlie', agent, { given: true });
      await refused([403, 'notAllowed'], () => byItself('sue'), butForClaims);
      await desk.give('charlie', 'sue', { workerSid: desk.agent('ben').workerSid });
      await refused([403, 'notAllowed'], () => byItself('sue'), butForClaims);
      const { body } = await byItself('ben');
      assert.equal(body.outcome, 'routed');
    });

    it('refuses a click on what has gone to another agent', async () => {
      await desk.parked('charlie');
      const [ownerSid, workerSid] = ['ada', 'ben'].map((agent) => desk.agent(agent).workerSid);
      const gift = () => desk.give('charlie', 'sue', { workerSid, ownerSid });
      for (const answer of [await gift(), await gift()]) {
        assert.deepEqual([answer.status, answer.body], [200, { outcome: 'given' }], 'also if its answer was lost');
      }
      const sues = { workerSid: desk.agent('sue').workerSid, ownerSid };
      await refused([409, 'moved'], () => desk.give('charlie', 'sue', sues), butForClaims);
      await refused([409, 'moved'], () => desk.give('charlie', 'sue', { ownerSid }), butForClaims);
      await refused([409, 'moved'], () => desk.change('charlie', 'sue', { reason: 'x', ownerSid }), butForClaims);
      await refused([409, 'moved'], () => desk.resume('charlie', 'sue', { ownerSid }), butForClaims);
      const { conversationSid } = desk.customer('charlie');
      const end = { Token: desk.agent('sue').token, conversationSid };
      await refused([409, 'moved'], () => desk.call(END, { ...end, ownerSid }), butForClaims);
      const { body } = await desk.call(END, { ...end, ownerSid: workerSid });
      assert.equal(body.outcome, 'ended');
    });

    it('ignores a role or a worker in the request', async () => {
      await desk.parked('charlie');
      const forged = {
        roles: ['admin'],
        workerSid: desk.agent('ada').workerSid,
        worker_sid: desk.agent('ada').workerSid,
      };
      await refused([403, 'notAllowed'], () => desk.resume('charlie', 'ben', forged), butForClaims);
    });

    it('refuses tokens that Flex has not issued', async () => {
      const { address } = desk.customer('charlie');
      const header = Buffer.from('{"alg":"none"}').toString('base64url');
      const customer = `${header}.${Buffer.from(JSON.stringify({ identity: address, roles: ['admin'] })).toString('base64url')}.`;
      const expired = desk.agent('ada').token;
      const parkFields = { ...(await desk.parkFields('charlie')), expiresAfterHours: 72 };
      await desk.control('POST', 'tokens', { expire: expired });
      await desk.forgetCallers();
      for (const Token of [customer, 'made-up', expired, '', null, 7, ['x'], { valid: true }]) {
        for (const path of [PARK, RESUME, SETTLE, KEEP, GIVE, END]) {
          await refused([401, 'invalidToken'], () => desk.call(path, { ...parkFields, Token }));
        }
      }
    });

    it('refuses a revoked token within a minute', async () => {
      await desk.parked('charlie');
      const { token } = desk.agent('ada');
      await desk.control('POST', 'tokens', { expire: token });
      const check = () => desk.call(CHECK, { Token: token, conversationSid: desk.customer('charlie').conversationSid });
      assert.equal((await check()).status, 200, 'this container has validated it a moment ago');
      await desk.forgetCallers();
      await refused([401, 'invalidToken'], check);
    });

    it('refuses an expired token', async () => {
      const { token } = await desk.control('POST', 'tokens', { identity: 'ada', lifeMs: 60_000 });
      await desk.control('POST', 'clock', { advanceMs: 61_000 });
      await refused([401, 'invalidToken'], () => desk.park('charlie', { Token: token }));
    });
  });

  describe('over named resources', () => {
    it('refuses SIDs of missing resources', async () => {
      const made = { conversationSid: `CH${MADE_UP}`, interactionSid: `KD${MADE_UP}`, channelSid: `UO${MADE_UP}` };
      for (const [field, value] of [...Object.entries(made), ['taskSid', `WT${MADE_UP}`]]) {
        await refused([409, 'notParkable'], () => desk.park('charlie', { [field]: value }), butForClaims);
      }
      await refused([404, 'notParked'], () => desk.resume('charlie', 'ada', made), butForClaims);
    });

    it('refuses malformed SIDs without a request to Twilio', async () => {
      const { conversationSid } = desk.customer('charlie');
      const other = desk.customer('wanda').conversationSid;
      await desk.control('DELETE', 'journal');
      for (const value of [
        `${conversationSid}/../${other}`,
        `../Services/IS${MADE_UP}/Documents`,
        `${conversationSid}?x=1`,
        `${conversationSid}#`,
        `${conversationSid}\n`,
        `%43H${conversationSid.slice(2)}`,
        conversationSid.toLowerCase(),
        [conversationSid],
        { sid: conversationSid },
      ]) {
        for (const path of [PARK, RESUME, SETTLE, KEEP, GIVE, END]) {
          const fields = { ...(await desk.parkFields('charlie')), expiresAfterHours: 72, conversationSid: value };
          await refused([400, 'badRequest'], () => desk.call(path, fields));
        }
      }
      const { requests } = await desk.control('GET', 'journal');
      assert.deepEqual(
        requests.filter(({ host }) => host.endsWith('.twilio.com')),
        [],
      );
    });

    it('refuses SIDs of another conversation', async () => {
      const wanda = await desk.parkFields('wanda');
      for (const field of ['interactionSid', 'channelSid', 'taskSid']) {
        const before = await desk.state('wanda');
        await refused([409, 'notParkable'], () => desk.park('charlie', { [field]: wanda[field] }), butForClaims);
        assert.deepEqual((await desk.state('wanda')).agents, before.agents);
      }
      const { interactionSid, channelSid, taskSid } = wanda;
      await refused(
        [409, 'notParkable'],
        () => desk.park('charlie', { interactionSid, channelSid, taskSid }),
        butForClaims,
      );
    });

    it('resumes by the record and ignores SIDs from the browser', async () => {
      await desk.parked('charlie');
      const { interactionSid, channelSid } = desk.customer('wanda');
      const { body } = await desk.resume('charlie', 'ada', { interactionSid, channelSid });
      assert.equal(body.outcome, 'routed');
      assert.equal((await desk.state('charlie')).openTasks.length, 1);
      assert.equal((await desk.state('wanda')).tasks.length, 1);
    });

    it('closes only the participant of the agent who parks', async () => {
      const { interactionSid, channelSid } = desk.customer('charlie');
      const fields = await desk.parkFields('charlie');
      const [task] = (await desk.state('charlie')).openTasks;
      await desk.client.flexApi.v1
        .interaction(interactionSid)
        .channels(channelSid)
        .invites.create({
          routing: {
            properties: {
              workspace_sid: desk.facts.workspaceSid,
              workflow_sid: desk.facts.workflowSid,
              queue_sid: desk.facts.queues.Everyone,
              worker_sid: desk.agent('ben').workerSid,
              task_channel_unique_name: 'chat',
              attributes: task.attributes,
            },
          },
        });
      const offer = await until('an offer to Ben', async () =>
        (await desk.world()).reservations.find(
          ({ worker_sid: worker, reservation_status: status }) =>
            worker === desk.agent('ben').workerSid && status === 'pending',
        ),
      );
      await desk.control('POST', `reservations/${offer.sid}`, { status: 'accepted' });
      const { agents } = await desk.state('charlie');
      assert.equal(agents.length, 2);
      await refused([409, 'severalAgents'], () => desk.call(PARK, fields), butForClaims);

      const [own, others] = ['ada', 'ben'].map((identity) =>
        agents.find(({ routing }) => routing.worker_sid === desk.agent(identity).workerSid),
      );
      await desk.control('POST', `reservations/${offer.sid}`, { status: 'completed' });
      await desk.control('DELETE', 'journal');
      const { body } = await desk.call(PARK, { ...fields, participantSid: others.sid });
      assert.equal(body.outcome, 'parked', JSON.stringify(body));
      const { requests } = await desk.control('GET', 'journal');
      const closed = requests.filter(({ method, path }) => method === 'POST' && /\/Participants\/UT/.test(path));
      assert.deepEqual(
        closed.map(({ path }) => path.split('/').at(-1)),
        [own.sid],
      );
    });
  });

  describe('of Twilio', () => {
    const message = (webhookSid) => {
      const { conversationSid, address } = desk.customer('charlie');
      return { EventType: 'onMessageAdded', ConversationSid: conversationSid, Author: address, WebhookSid: webhookSid };
    };

    it('refuses a missing, forged or foreign signature', async () => {
      await desk.parked('charlie');
      const fields = message((await desk.state('charlie')).attributes.webhookSid);
      const good = desk.signature(WAKE, fields);
      const changed = { ...fields, ConversationSid: desk.customer('wanda').conversationSid };
      const before = await facts();
      for (const [path, body, signature] of /** @type {[string, Record<string, string>, string | undefined][]} */ ([
        [WAKE, fields, undefined],
        [WAKE, fields, ''],
        [WAKE, fields, 'Zm9yZ2Vk'],
        [WAKE, changed, good],
        [`${WAKE}?interactionSid=KD${MADE_UP}`, fields, good],
      ])) {
        const { status } = await desk.call(path, undefined, {
          headers: signature === undefined ? {} : { 'x-twilio-signature': signature },
          body: new URLSearchParams(body),
        });
        assert.equal(status, 403, `signature ${signature}`);
      }
      assert.deepEqual(await facts(), before);
    });

    it('creates no second task for a repeated delivery', async () => {
      await desk.parked('charlie');
      await desk.writes('charlie');
      const [delivery] = await desk.wakes('charlie');
      const [task] = (await desk.state('charlie')).openTasks;
      assert.ok(delivery.params.ParticipantSid, 'the customer wrote it');
      const { pathname, search } = new URL(delivery.url);
      const replay = () => desk.signed(pathname + search, delivery.params);
      for (const { status } of await Promise.all([replay(), replay(), replay()])) assert.equal(status, 200);
      assert.deepEqual(
        (await desk.state('charlie')).openTasks.map(({ sid }) => sid),
        [task.sid],
      );

      await desk.answerOffer('charlie', 'accepted');
      const { body } = await replay();
      assert.equal(body.outcome, 'settled');
      const after = await desk.state('charlie');
      assert.deepEqual([after.agents.length, after.openTasks.length], [1, 1]);
    });
  });

  describe('over sizes and types of requests', () => {
    it('survives a megabyte in any field', async () => {
      const fields = { ...(await desk.parkFields('charlie')), expiresAfterHours: 72 };
      const large = 'x'.repeat(1024 * 1024);
      for (const path of [PARK, RESUME, SETTLE, KEEP, GIVE, END]) {
        for (const [field, status] of [
          ['conversationSid', 400],
          ['Token', 401],
        ]) {
          const before = await facts();
          const answer = await desk.call(path, { ...fields, [field]: large });
          assert.ok([status, 413].includes(answer.status), `${path} ${field}: ${answer.status}`);
          assert.deepEqual(await facts(), before);
        }
      }
      await desk.parked('charlie');
    });

    it('refuses a body that contradicts its content type', async () => {
      const fields = JSON.stringify(await desk.parkFields('charlie'));
      for (const [type, body] of [
        ['text/plain', fields],
        ['application/xml', '<conversationSid/>'],
        ['application/json', fields.slice(0, -1)],
        ['application/json', '[]'],
        ['application/json', '"x"'],
        ['application/json', ''],
        ['application/x-www-form-urlencoded', fields],
        ['multipart/form-data; boundary=x', fields],
      ]) {
        const before = await facts();
        const { status } = await desk.call(PARK, undefined, { headers: { 'content-type': type }, body });
        assert.ok(status >= 400 && status < 500, `${type} ${body.slice(0, 20)}: ${status}`);
        assert.deepEqual(await facts(), before);
      }
    });
  });
});
