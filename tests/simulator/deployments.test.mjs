import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { openSimulator } from './support.mjs';

let simulator;
before(async () => (simulator = await openSimulator('deployments')));
beforeEach(() => simulator.begin());
afterEach(() => simulator.end());
after(() => simulator?.stop());

const refusedWith = (status) => (error) => error.status === status;

/** Creates a service with an environment. Returns them with a function that uploads assets. */
async function service() {
  const { services } = simulator.client.serverless.v1;
  const made = await services.create({ uniqueName: 'files', friendlyName: 'Files' });
  const own = services(made.sid);
  const environment = await own.environments.create({ uniqueName: 'dev-environment', domainSuffix: 'dev' });
  const upload = async (path, visibility, content) => {
    const asset = await own.assets.create({ friendlyName: path });
    const form = new FormData();
    form.set('Path', path);
    form.set('Visibility', visibility);
    form.set('Content', new Blob([content], { type: 'text/plain' }), 'file.txt');
    const { accountSid, authToken } = simulator.facts;
    const url = `https://serverless-upload.twilio.com/v1/Services/${made.sid}/Assets/${asset.sid}/Versions`;
    const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
    const response = await fetch(url, { method: 'POST', headers: { authorization }, body: form });
    assert.equal(response.status, 201);
    return (await response.json()).sid;
  };
  const built = async (assetVersions) => {
    const { sid } = await own.builds.create({ assetVersions });
    while ((await own.builds(sid).buildStatus().fetch()).status !== 'completed');
    return sid;
  };
  return { own, environment, upload, built };
}

test('deployed assets are served according to their visibility', async () => {
  const { own, environment, upload, built } = await service();
  assert.equal(environment.domainName, 'files-1234-dev.twil.io');
  const build = await built([
    await upload('/open.txt', 'public', 'for all'),
    await upload('/signed.txt', 'protected', 'for Twilio'),
    await upload('/own.txt', 'private', 'for Functions'),
  ]);
  const status = async (path) => (await fetch(`https://${environment.domainName}${path}`)).status;
  assert.equal(await status('/open.txt'), 404, 'not deployed yet');
  await own.environments(environment.sid).deployments.create({ buildSid: build });
  assert.deepEqual(
    await Promise.all(['/open.txt', '/signed.txt', '/own.txt', '/none.txt'].map(status)),
    [200, 403, 404, 404],
  );
  assert.equal(await (await fetch(`https://${environment.domainName}/open.txt`)).text(), 'for all');
  await own.environments(environment.sid).remove();
  assert.equal(await status('/open.txt'), 404);
});

test('builds have unique paths and must be completed', async () => {
  const { own, environment, upload } = await service();
  const versions = [await upload('/a.txt', 'public', '1'), await upload('/a.txt', 'public', '2')];
  await assert.rejects(own.builds.create({ assetVersions: versions }), refusedWith(400));
  await assert.rejects(own.builds.create({ assetVersions: [`ZN${'0'.repeat(32)}`] }), refusedWith(404));
  await simulator.control('POST', 'clock', { speed: 0 });
  const { sid, status } = await own.builds.create({ assetVersions: versions.slice(1) });
  assert.equal(status, 'building');
  const { deployments } = own.environments(environment.sid);
  await assert.rejects(deployments.create({ buildSid: sid }), refusedWith(400));
  await simulator.control('POST', 'clock', { advanceMs: 1000, speed: 1 });
  await deployments.create({ buildSid: sid });
});

test('an environment can run an earlier build again, unless that was removed', async () => {
  const { own, environment, upload, built } = await service();
  const [one, two] = [
    await built([await upload('/a.txt', 'public', '1')]),
    await built([await upload('/a.txt', 'public', '2')]),
  ];
  const { deployments } = own.environments(environment.sid);
  const text = async () => (await fetch(`https://${environment.domainName}/a.txt`)).text();
  for (const buildSid of [one, two, one]) await deployments.create({ buildSid });
  assert.equal(await text(), '1');
  const all = await deployments.list();
  assert.deepEqual(
    all.map(({ buildSid }) => buildSid),
    [one, two, one],
  );
  assert.equal((await deployments(all[1].sid).fetch()).buildSid, two);
  assert.deepEqual(new Set((await own.builds.list()).map(({ sid }) => sid)), new Set([one, two]));
  await assert.rejects(own.builds(one).remove(), refusedWith(400), 'it runs');
  await own.builds(two).remove();
  await assert.rejects(own.builds(two).fetch(), refusedWith(404));
  await assert.rejects(deployments.create({ buildSid: two }), refusedWith(404));
  assert.equal((await deployments.list()).length, 3, 'the list has its deployment still');
});

test('builds run in the runtime of their version', async () => {
  const { own, environment, upload } = await service();
  const { sid: resource } = await own.functions.create({ friendlyName: 'f' });
  const form = new FormData();
  form.set('Path', '/say');
  form.set('Visibility', 'public');
  form.set('Content', new Blob(['exports.handler = () => {};'], { type: 'application/javascript' }), 'say.js');
  const { accountSid, authToken } = simulator.facts;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const url = `https://serverless-upload.twilio.com/v1/Services/${environment.serviceSid}/Functions/${resource}/Versions`;
  const response = await fetch(url, { method: 'POST', headers: { authorization }, body: form });
  const { sid: version } = await response.json();
  const say = async (path) => {
    const assets = [await upload(path, 'private', '')];
    const { sid } = await own.builds.create({ functionVersions: [version], assetVersions: assets });
    while ((await own.builds(sid).buildStatus().fetch()).status !== 'completed');
    await own.environments(environment.sid).deployments.create({ buildSid: sid });
    return (await fetch(`https://${environment.domainName}/say`)).status;
  };
  // Nothing listens on port 9.
  await simulator.control('POST', 'runtimes', { '/versions/1/': 'http://127.0.0.1:9' });
  assert.equal(await say('/versions/1/mark.txt'), 502, 'the runtime of its own');
  assert.equal(await say('/versions/2/mark.txt'), 200, 'the one beside the simulator');
  await simulator.control('POST', 'runtimes', {});
});

test('names and suffixes are unique', async () => {
  const { own } = await service();
  const { services } = simulator.client.serverless.v1;
  await assert.rejects(services.create({ uniqueName: 'files', friendlyName: 'x' }), refusedWith(400));
  for (const taken of [
    { uniqueName: 'dev-environment', domainSuffix: 'other' },
    { uniqueName: 'other', domainSuffix: 'dev' },
  ]) {
    await assert.rejects(own.environments.create(taken), refusedWith(400));
  }
});

test('variables: create, update, remove', async () => {
  const { own, environment } = await service();
  const { variables } = own.environments(environment.sid);
  const { sid } = await variables.create({ key: 'NAME', value: 'one' });
  await variables(sid).update({ value: 'two' });
  const all = async () => (await variables.list()).map(({ key, value }) => [key, value]);
  assert.deepEqual(await all(), [['NAME', 'two']]);
  await variables(sid).remove();
  assert.deepEqual(await all(), []);
});

test('the last plugin release is active', async () => {
  const { plugins, pluginConfigurations, pluginReleases } = simulator.client.flexApi.v1;
  await assert.rejects(pluginReleases('active').fetch(), refusedWith(404));
  const { sid: plugin } = await plugins.create({ uniqueName: 'p' });
  const version = async (number) => {
    const made = { version: number, pluginUrl: 'https://example.com/p.js' };
    return (await plugins('p').pluginVersions.create(made)).sid;
  };
  const [first, second] = [await version('1.0.0'), await version('1.0.1')];
  await assert.rejects(version('1.0.1'), refusedWith(400));
  const configuration = (...sids) => {
    const chosen = sids.map((sid) => JSON.stringify({ plugin_version: sid, phase: 3 }));
    return pluginConfigurations.create({ name: 'x', plugins: chosen });
  };
  await assert.rejects(configuration(first, second), refusedWith(400));
  for (const sid of [first, second]) {
    await pluginReleases.create({ configurationId: (await configuration(sid)).sid });
    const { configurationSid } = await pluginReleases('active').fetch();
    const [active] = await pluginConfigurations(configurationSid).plugins.list();
    assert.deepEqual([active.pluginSid, active.pluginVersionSid], [plugin, sid]);
  }
});

test('workers, queues and workflows in use cannot be deleted', async () => {
  const workspace = simulator.client.taskrouter.v1.workspaces(simulator.facts.workspaceSid);
  const { workerSid } = simulator.facts.agents.find(({ identity }) => identity === 'ada');
  await assert.rejects(workspace.workers(workerSid).remove(), refusedWith(400), 'Ada is at work');
  const queue = await workspace.taskQueues.create({ friendlyName: 'q' });
  const configuration = JSON.stringify({ task_routing: { default_filter: { queue: queue.sid } } });
  const workflow = await workspace.workflows.create({ friendlyName: 'w', configuration });
  await assert.rejects(workspace.taskQueues(queue.sid).remove(), refusedWith(400), 'a workflow leads to it');
  const task = await workspace.tasks.create({ workflowSid: workflow.sid, attributes: '{}' });
  await assert.rejects(workspace.workflows(workflow.sid).remove(), refusedWith(400), 'a task follows it');
  await workspace.tasks(task.sid).update({ assignmentStatus: 'canceled' });
  await workspace.workflows(workflow.sid).remove();
  await workspace.taskQueues(queue.sid).remove();
  await assert.rejects(workspace.taskQueues(queue.sid).fetch(), refusedWith(404));
});

test('Flex users have a worker and tokens', async () => {
  const { client, facts } = simulator;
  const { flexInstanceSid } = await client.flexApi.v1.configuration().fetch();
  const users = `https://flex-api.twilio.com/v4/Instances/${flexInstanceSid}/Users`;
  const post = async (uri, data) => {
    const { statusCode, body } = await client.request({
      method: 'post',
      uri,
      data,
      headers: { 'Content-Type': 'application/json' },
    });
    assert.ok(statusCode < 300, JSON.stringify(body));
    return body;
  };
  const user = await post(`${users}/Provision`, {
    username: 'eve',
    email: 'eve@example.com',
    full_name: 'Eve',
    roles: ['supervisor'],
    worker: {},
  });
  const { access_token: token } = await post(`${users}/${user.flex_user_sid}/Tokens`, { ttl: 60 });
  const validate = `https://iam.twilio.com/v1/Accounts/${facts.accountSid}/Tokens/validate`;
  const known = await post(validate, { token });
  assert.deepEqual([known.valid, known.worker_sid, known.roles], [true, user.worker.worker_sid, ['supervisor']]);
  await post(`${users}/Deprovision`, { flex_user_sid: user.flex_user_sid });
  assert.equal((await post(validate, { token })).valid, false);
  const worker = client.taskrouter.v1.workspaces(facts.workspaceSid).workers(user.worker.worker_sid);
  await assert.rejects(worker.fetch(), refusedWith(404));
});
