// Two operations at the same moment: the first is held at each of its calls to Twilio in turn, while the second one runs.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Batch, cleanCalls } from '../faults/batch.mjs';
import { faultAt, nameOf } from '../faults/calls.mjs';
import { afterTheNextMessage, afterTheRace, afterTheSettle } from '../faults/invariants.mjs';
import { deskOfSuite, PARK, until } from './support.mjs';

/** The points at which a call is held, with their words in messages. */
const HOLDS = { holdBefore: 'before it was done', holdAfter: 'before its response' };
/** The number of a request that never comes: such a fault only counts. */
const NEVER = 2 ** 32 - 1;
/** The most cases in one contact centre. With more, each read of its state takes long. */
const AT_MOST = 48;

/** The second operations. */
const MEANWHILE = {
  writes: (batch, member) => batch.wake(member),
  parks: (batch, member) => batch.park(member),
  async parksInAnotherTab(batch, member) {
    const { token } = await batch.desk.control('POST', 'tokens', { identity: member.identity });
    return batch.park(member, { token });
  },
  resumes: (batch, member) => batch.resume(member),
  supervisorResumes: (batch, member) => batch.resume(member, { asSupervisor: true }),
  settles: (batch, member) => batch.settle(member),
  asks: (batch, member) => batch.check(member),
};

const WANTING = ['writes', 'resumes', 'supervisorResumes'];

describe('at the same moment', () => {
  const desk = deskOfSuite();

  const anyCall = () => true;
  const change = ({ method }) => method !== 'GET';
  const changeButInSync = (call) => change(call) && call.host !== 'sync.twilio.com';
  /** @type {[name: string, operation: string, meanwhile: string, calls: (call: any) => boolean][]} */
  const RACES = [
    ['a message during a park creates a task', 'park', 'writes', anyCall],
    ['a park in two tabs is one park', 'park', 'parksInAnotherTab', change],
    ['a message during a resume creates no second task', 'resume', 'writes', change],
    ['a resume during a wake creates no second task', 'wake', 'resumes', change],
    ['two resumes by one agent create one task', 'resume', 'resumes', change],
    ['two resumes by agent and supervisor create one task', 'resume', 'supervisorResumes', change],
    ['a park during the previous settle is complete', 'settle', 'parks', change],
    // Without the calls in Sync, which would take long: the settle waits for the end of the park.
    ['a late settle does not damage the next park', 'park again', 'settles', changeButInSync],
    ['a message during a restore creates one task', 'restore', 'writes', change],
    ['a resume during a restore creates one task', 'restore', 'resumes', change],
    ['a message during the next invite creates one task', 'follow', 'writes', change],
    ['a resume during the next invite creates one task', 'follow', 'resumes', change],
    ['a check during the next invite creates one task', 'follow', 'asks', change],
    ['a message during a check creates one task', 'check', 'writes', change],
  ];

  for (const [name, operation, meanwhile, calls] of RACES) {
    it(name, async () => {
      const clean = (await cleanCalls(desk, operation)).filter(calls);
      const cases = clean.flatMap((call) =>
        Object.keys(HOLDS).map((kind) => ({
          operation,
          what: `${nameOf(call)}, held ${HOLDS[kind]}`,
          faultFor: (marks) => faultAt(call, marks, { kind }),
        })),
      );
      const wrong = [];
      while (cases.length > 0) wrong.push(...(await race(desk, cases.splice(0, AT_MOST), meanwhile)));
      assert.deepEqual(wrong, []);
    });
  }
});

describe('while another agent is invited', () => {
  const desk = deskOfSuite();

  /** Invites Ben into the conversation, as other code may. */
  function invite(id) {
    const { interactionSid, channelSid } = desk.customer(id);
    const properties = {
      workspace_sid: desk.facts.workspaceSid,
      workflow_sid: desk.facts.workflowSid,
      queue_sid: desk.facts.queues.Everyone,
      worker_sid: desk.agent('ben').workerSid,
      task_channel_unique_name: 'chat',
    };
    const channel = desk.client.flexApi.v1.interaction(interactionSid).channels(channelSid);
    return channel.invites.create({ routing: { properties } });
  }

  const comparable = ({ attributes, conversation, participants, tasks, rows }) => ({
    ...{ attributes, webhooks: conversation.webhooks, participants, rows },
    tasks: tasks.map(({ sid, assignment_status: status }) => [sid, status]),
  });

  for (const [name, prepare] of /** @type {[string, () => Promise<unknown>][]} */ ([
    ['is being invited', async () => {}],
    ['has joined', () => desk.answerOffer('charlie', 'accepted')],
  ])) {
    it(`a park is refused if another agent ${name}`, async () => {
      const fields = await desk.parkFields('charlie');
      await invite('charlie');
      await prepare();
      const before = comparable(await desk.state('charlie'));
      const { status, body } = await desk.call(PARK, fields);
      assert.deepEqual([status, body.refusal], [409, { kind: 'severalAgents' }]);
      assert.deepEqual(comparable(await desk.state('charlie')), before);
    });
  }

  it('a park that has read its state ends without a second invite', async () => {
    const fields = await desk.parkFields('charlie');
    const hold = await desk.fault({ method: 'POST', pathPattern: '/Webhooks$', kind: 'holdBefore' });
    const park = desk.call(PARK, fields);
    await until('the park to be held', async () => (await desk.faultReport(hold)).held === 1);
    await invite('charlie');
    await desk.unfault(hold);
    assert.equal((await park).body.outcome, 'parked');
    await desk.writes('charlie');
    await desk.wakes('charlie');
    const { openTasks, agents } = await desk.state('charlie');
    assert.deepEqual([openTasks.length, agents], [1, []]);
    await desk.answerOffer('charlie', 'accepted');
    const { body } = await desk.settle('charlie', 'ben');
    assert.equal(body.outcome, 'settled');
    const after = await desk.state('charlie');
    assert.deepEqual([after.rows, after.conversation.webhooks], [[], []]);
  });
});

/** Runs the cases. Returns the broken invariants, each with its case. */
async function race(desk, cases, meanwhile) {
  const batch = await Batch.begin(desk, cases);
  await batch.prepare();
  for (const member of batch.members) member.isWanted = WANTING.includes(meanwhile);
  await batch.each((member) => runTogether(batch, member, MEANWHILE[meanwhile]));
  // If every second operation were refused, there would be no race. A customer's message has no response.
  const done = batch.members.filter(({ otherAnswer }) => !otherAnswer || otherAnswer.status === 200);
  assert.ok(done.length > 0, JSON.stringify(batch.members[0].otherAnswer));
  const wrong = [];
  const note = async (check) => {
    const reasons = await batch.whatIsWrong(check);
    reasons.forEach((reason, number) => reason && wrong.push(`${cases[number].what}: ${reason}`));
  };
  await note(afterTheRace);
  await batch.customersWrite();
  await note(afterTheNextMessage);
  await batch.agentsAccept();
  await note(afterTheSettle);
  return wrong;
}

/** Holds the first operation at its call until the second one requests the claim or ends. */
async function runTogether(batch, member, meanwhile) {
  const { desk } = batch;
  const claims = {
    host: 'sync.twilio.com',
    // An agent's click reads the claim first.
    pathPattern: '/Documents(/ParkInteraction_\\w+)?$',
    mentions: [member.conversationSid],
  };
  const hold = await desk.fault(member.fault);
  const counter = await desk.fault({ ...claims, kind: 'status', nth: NEVER });
  const claimsSeen = async () => (await desk.faultReport(counter)).seen;
  const first = batch.run(member);
  await until(`the call of ${member.id} to be held`, async () => (await desk.faultReport(hold)).held === 1);
  const before = await claimsSeen();
  let isOver = false;
  const other = meanwhile(batch, member).finally(() => (isOver = true));
  await until(`the other of ${member.id}`, async () => isOver || (await claimsSeen()) > before);
  await desk.unfault(hold);
  member.answer = await first;
  member.otherAnswer = await other;
  await desk.unfault(counter);
}
