// Twilio's client for Python, which parses responses and follows pages in its own way. It is installed into a temporary folder. If
// that fails, the test is skipped with the reason.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { made } from '../../scripts/lib/paths.mjs';
import { openSimulator } from './support.mjs';

const VERSION = '9.13.0';
const run = promisify(execFile);

let simulator;
before(async () => (simulator = await openSimulator('python')));
after(() => simulator?.stop());

/** Connects to the simulator for every host; TLS still checks the host's name. */
const PROGRAM = `
import json, os, socket
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

facts = json.loads(os.environ["FACTS"])
plain = socket.getaddrinfo

def to_simulator(host, port, *rest, **named):
    if str(host).endswith(".twilio.com"):
        host, port = "127.0.0.1", int(os.environ["SIMULATOR_TLS_PORT"])
    return plain(host, port, *rest, **named)

socket.getaddrinfo = to_simulator
client = Client(facts["accountSid"], facts["authToken"])
seen = {}

conversations = client.conversations.v1.conversations
made = conversations.create(friendly_name="From Python", unique_name="python", timers_inactive="PT1M")
seen["found"] = conversations("python").fetch().sid == made.sid
seen["timer"] = "date_inactive" in made.timers
message = conversations(made.sid).messages.create(author="bot", body="first")
conversations(made.sid).messages(message.sid).update(body="second")
seen["body"] = conversations(made.sid).messages(message.sid).fetch().body
for number in range(3):
    conversations(made.sid).messages.create(author="bot", body=str(number))
seen["messages"] = [m.index for m in conversations(made.sid).messages.list(page_size=2)]
webhook = conversations(made.sid).webhooks.create(
    target="webhook",
    configuration_url="https://example.com/hook",
    configuration_filters=["onMessageAdded"],
    configuration_replay_after=0,
)
seen["filters"] = webhook.configuration["filters"]
charlie = next(c for c in facts["customers"] if c["id"] == "charlie")
channel = client.flex_api.v1.interaction(charlie["interactionSid"]).channels(charlie["channelSid"])
invite = channel.invites.create(routing={"properties": {
    "workspace_sid": facts["workspaceSid"],
    "workflow_sid": facts["workflowSid"],
    "task_channel_unique_name": "chat",
}})
workspace = client.taskrouter.v1.workspaces(facts["workspaceSid"])
task_sid = invite.routing["properties"]["sid"]
task = workspace.tasks(task_sid).fetch()
seen["task"] = task.assignment_status
workspace.tasks(task_sid).update(assignment_status="canceled", reason="hangup")
seen["events"] = [event.event_type for event in workspace.events.list(task_sid=task_sid, event_type="task.canceled")]
sync = client.sync.v1.services(facts["syncServiceSid"])
rows = sync.sync_maps.create(unique_name="rows")
item = sync.sync_maps("rows").sync_map_items.create(key="a", data={"n": 1})
# Not with delete(): this version of the client leaves the header out there.
try:
    sync.sync_maps("rows").sync_map_items("a").update(data={"n": 2}, if_match="7")
except TwilioRestException as error:
    seen["refused"] = [error.status, error.code]
changed = sync.sync_maps("rows").sync_map_items("a").update(data={"n": 2}, if_match=item.revision)
seen["revision"] = changed.revision
print(json.dumps(seen))
`;

/** Installs the client. Returns the interpreter, or the reason why there is none. */
async function install(folder) {
  try {
    await run('python3', ['-m', 'venv', folder]);
    const python = join(folder, 'bin', 'python');
    const options = ['--quiet', '--disable-pip-version-check', '--no-input'];
    await run(python, ['-m', 'pip', 'install', ...options, `twilio==${VERSION}`], { timeout: 120_000 });
    return { python };
  } catch (error) {
    return { why: error.message.split('\n')[0] };
  }
}

test('Twilio’s client for Python works', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-python-'));
  try {
    const { python, why } = await install(folder);
    if (!python) {
      context.skip(`twilio ${VERSION} for Python cannot be installed here: ${why}`);
      return;
    }
    await simulator.begin();
    const environment = {
      ...process.env,
      FACTS: JSON.stringify(simulator.facts),
      REQUESTS_CA_BUNDLE: made.tls().cert,
    };
    const { stdout } = await run(python, ['-c', PROGRAM], { env: environment });
    assert.deepEqual(JSON.parse(stdout), {
      found: true,
      timer: true,
      body: 'second',
      messages: [0, 1, 2, 3],
      filters: ['onMessageAdded'],
      task: 'reserved',
      events: ['task.canceled'],
      refused: [412, 54205],
      revision: '1',
    });
    await simulator.end();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
