// What a rollback chooses, and what plans say: decided without an account.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { agree, checkCanAsk } from '../../deploy/agreement.mjs';
import { chooseTarget, pluginOf, productVersion } from '../../deploy/history.mjs';
import { isMark, markAmong, markPath } from '../../deploy/mark.mjs';
import { EXIT, NotConfirmed, NotReady, WrongUse, exitCodeOf } from '../../deploy/outcome.mjs';
import { functionPaths } from '../../deploy/paths.mjs';
import { meaningOf, removalPlan, unknownTo } from '../../deploy/plan.mjs';

const sha = (letter) => letter.repeat(64);
const at = (minute) => new Date(Date.UTC(2026, 4, 12, 10, minute));

describe('the mark of a build', () => {
  it('says which version, bundle and files it has', () => {
    const mark = { version: '0.2.0', bundle: sha('b'), files: sha('f') };
    const path = markPath(mark);
    assert.ok(isMark(path));
    assert.ok(path.length <= 255, 'the longest path of an asset');
    assert.deepEqual(markAmong(['/features/park-interaction/core.js', path]), mark);
  });

  it('of an earlier version says the files alone', () => {
    const path = `/features/park-interaction/deployed/${sha('f')}.txt`;
    assert.ok(isMark(path));
    assert.deepEqual(markAmong([path]), { files: sha('f') });
  });

  it('is not any other path', () => {
    for (const paths of [[], ['/features/park-interaction/core.js'], ['/features/park-interaction/deployed/x.txt']]) {
      assert.equal(markAmong(paths), undefined);
    }
  });
});

describe('the target of a rollback', () => {
  const build = (letter, minute, version) => ({
    ...{ buildSid: `ZB${letter}`, builtAt: at(minute), paths: [], version },
    mark: { version, bundle: sha('b'), files: sha(letter) },
  });
  const [c, b, a] = [build('c', 3, '0.3.0'), build('b', 2, '0.2.0'), build('a', 1, '0.1.0')];
  const all = [c, b, a];

  it('is the newest that is older than the running one', () => {
    assert.equal(chooseTarget(all, 'ZBc'), b);
    assert.equal(chooseTarget(all, 'ZBb'), a);
    const drained = { ...build('d', 4), mark: undefined };
    assert.equal(chooseTarget([drained, ...all], 'ZBd'), c, 'a removal that broke off left a build without a mark');
  });

  it('is the version or the build that was asked for', () => {
    assert.equal(chooseTarget(all, 'ZBc', { to: '0.1.0' }), a);
    assert.equal(chooseTarget(all, 'ZBc', { to: 'ZBa' }), a);
    assert.equal(chooseTarget(all, 'ZBb', { to: 'ZBb' }), b, 'a rollback that broke off goes on');
  });

  it('is not the same files, built twice', () => {
    const twice = { ...c, buildSid: 'ZBe', builtAt: at(5) };
    assert.equal(chooseTarget([twice, ...all], 'ZBe'), b);
  });

  it('is refused with what there is', () => {
    for (const [running, wanted, message] of /** @type {[string, object, RegExp][]} */ ([
      ['ZBa', {}, /nothing to go back to\. Twilio has no older build\.\n.*git checkout of its tag/],
      ['ZBa', { deleted: 2 }, /Twilio has deleted 2 that ran here/],
      ['ZBc', { to: '0.0.1' }, /nothing to go back to for 0\.0\.1\. There are 0\.2\.0 \(ZBb\), 0\.1\.0 \(ZBa\)\./],
      ['ZBb', { to: '0.3.0' }, /0\.3\.0 is newer than what runs: npm run upgrade/],
    ])) {
      assert.throws(
        () => chooseTarget(all, running, wanted),
        (error) => error instanceof NotReady && message.test(error.message),
        `${running} ${JSON.stringify(wanted)}`,
      );
    }
  });

  it('has the plugin that was built with it', () => {
    const version = (number, letter, minute) => ({
      ...{ sid: `FV${number}`, pluginSid: 'FP', version: number, archived: false, dateCreated: at(minute) },
      changelog: `Park Interaction ${number}, sha256 ${sha(letter)}`,
    });
    const [one, two] = [version('0.1.0', 'a', 1), version('0.1.1', 'b', 5)];
    const past = (mark, minute) => ({
      buildSid: 'ZB',
      builtAt: at(0),
      replacedAt: minute && at(minute),
      paths: [],
      mark,
    });
    assert.equal(pluginOf(past({ version: '0.1.0', bundle: sha('a'), files: sha('f') }), [two, one]), one);
    const old = past({ files: sha('f') }, 4);
    assert.equal(pluginOf(old, [two, one]), one, 'the newest one that was registered while it ran');
    assert.equal(productVersion(old, one), '0.1.0');
    assert.equal(pluginOf(old, []), undefined);
    assert.equal(productVersion(old, undefined), undefined);
  });
});

describe('a plan', () => {
  it('says what a version means', () => {
    for (const [from, to, meaning] of /** @type {[string | undefined, string, RegExp][]} */ ([
      [undefined, '0.2.0', /not known which version runs/],
      ['0.2.0', '0.2.0', /same version/],
      ['0.2.0', '0.1.9', /OLDER/],
      ['0.1.0', '0.2.0', /minor version before 1\.0\.0/],
      ['1.1.0', '1.2.0', /^A minor version: new features/],
      ['1.2.0', '1.2.1', /patch/],
      ['0.9.0', '1.0.0', /major version/],
    ])) {
      assert.match(meaningOf(from, to, { isNew: true }), meaning, `${from} ${to}`);
    }
    assert.match(meaningOf('0.2.0', '0.2.0', { isNew: false }), /nothing to go back from/);
  });

  it('says what the older version does not know', () => {
    const { park, give } = functionPaths();
    assert.deepEqual(unknownTo([park, give], [park, give]), []);
    assert.deepEqual(unknownTo([park], [park, give]), ['it cannot give a conversation to an agent or to the queue']);
  });

  it('of a removal says what becomes of the parked', () => {
    /** @type {any} any: what the plan reads */
    const installation = {
      parked: { ours: 3, foreign: 1 },
      plugin: {},
      version: '0.2.0',
      found: { domain: 'd', environments: 2, build: { dateCreated: at(1) } },
    };
    const plan = (how) => removalPlan(installation, { environment: 'dev', how });
    assert.match(plan({ kind: 'stop' }), /it stops before the Functions go.*--release/);
    assert.match(plan({ kind: 'abandon' }), /NOBODY NOTICES/);
    assert.match(plan({ kind: 'release', authToken: '', waitMinutes: 7 }), /waits 7 min at most/);
    assert.match(
      plan({ kind: 'stop' }),
      /3 conversations; parked with another plugin, which wakes them itself: 1\n.*other environments stay: 1/s,
    );
  });
});

describe('the question', () => {
  const terminal = { isTTY: true };

  it('needs a terminal, --yes or --dry-run', () => {
    assert.throws(() => checkCanAsk({ options: {}, dryRun: false }, {}), WrongUse);
    checkCanAsk({ options: {}, dryRun: false }, terminal);
    checkCanAsk({ options: { yes: true }, dryRun: false }, {});
    checkCanAsk({ options: {}, dryRun: true }, {});
  });

  it('ends the command where the answer is no', async () => {
    const no = async () => false;
    await assert.rejects(agree({ options: {}, dryRun: false }, 'Upgrade?', no), NotConfirmed);
    await agree({ options: { yes: true }, dryRun: false }, 'Upgrade?', no);
    await agree({ options: {}, dryRun: true }, 'Upgrade?', no);
    await agree({ options: {}, dryRun: false }, 'Upgrade?', async () => true);
    assert.equal(exitCodeOf(new NotConfirmed('')), EXIT.notConfirmed);
  });
});
