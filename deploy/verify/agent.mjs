// The agent of the trial: a Flex user of our own, or the owner's, and a token with which the Functions let them in.
//
// Users and tokens are made with a public beta of Twilio:
// https://www.twilio.com/docs/flex/developer/user-management/flex-users-api
// https://www.twilio.com/docs/flex/developer/user-management/flex-token-api
// Where it is not open, FLEX_TOKEN holds the token of somebody who is signed in to Flex and does not work meanwhile.

const TOKEN_SECONDS = 1800;

/**
 * Answers `{ token, identity, workerSid, contactUri, givenContactUri, isOurs, canRest, rests(), returns() }`, with a worker who is
 * available and has room for chats. `givenContactUri` is the one that Flex wrote, if it wrote one; `rests` makes them unavailable,
 * where the workspace has an activity for that.
 */
export async function provideAgent({ client, env, account, syncSid, name, workspace }, cleanup) {
  const agent = env.FLEX_TOKEN
    ? await signedIn({ client, env })
    : await provisioned({ client, account, name }, cleanup);
  const activities = await workspace.activities.list();
  const available = activities.find((activity) => activity.available);
  if (!available) throw new Error('The workspace has no activity in which workers are available.');
  const worker = workspace.workers(agent.workerSid);
  const { activitySid, attributes } = await worker.fetch();
  const { contact_uri: givenContactUri } = JSON.parse(attributes);
  const contactUri = await contact(worker, JSON.parse(attributes), agent);
  const resting = activities.find((activity) => !activity.available);
  cleanup.later(`the activity of worker ${agent.workerSid}`, () =>
    worker.update({ activitySid: (agent.isOurs && resting?.sid) || activitySid }),
  );
  if (agent.isOurs) {
    const list = client.sync.v1.services(syncSid).syncMaps(`ParkedInteractions_${agent.workerSid}`);
    cleanup.later("the agent's list", () => list.remove());
  }
  await worker.update({ activitySid: available.sid });
  if (agent.isOurs) await worker.workerChannels('chat').update({ capacity: 3 });
  return {
    ...agent,
    contactUri,
    givenContactUri,
    canRest: Boolean(resting),
    rests: () => worker.update({ activitySid: resting.sid }),
    returns: () => worker.update({ activitySid: available.sid }),
  };
}

/** Flex's people can be told apart by this attribute. Somebody who has never signed in may not have it yet. */
async function contact(worker, attributes, { isOurs, identity }) {
  if (attributes.contact_uri) return attributes.contact_uri;
  if (!isOurs) throw new Error('The worker of FLEX_TOKEN has no attribute contact_uri.');
  const contactUri = `client:${identity}`;
  await worker.update({ attributes: JSON.stringify({ ...attributes, contact_uri: contactUri }) });
  return contactUri;
}

async function provisioned({ client, account, name }, cleanup) {
  const users = `https://flex-api.twilio.com/v4/Instances/${account.flexInstanceSid}/Users`;
  const user = await postJson(client, `${users}/Provision`, {
    username: name,
    email: `${name}@example.com`,
    full_name: 'Park Interaction trial',
    roles: ['agent'],
    worker: {},
  });
  cleanup.later(`the Flex user ${user.flex_user_sid}`, () =>
    postJson(client, `${users}/Deprovision`, { flex_user_sid: user.flex_user_sid }),
  );
  const made = await postJson(client, `${users}/${user.flex_user_sid}/Tokens`, { ttl: TOKEN_SECONDS });
  const identity = made.token_info?.identity ?? name;
  return { token: made.access_token, identity, workerSid: user.worker.worker_sid, isOurs: true };
}

async function signedIn({ client, env }) {
  const uri = `https://iam.twilio.com/v1/Accounts/${client.accountSid}/Tokens/validate`;
  const { valid, worker_sid: workerSid, identity } = await postJson(client, uri, { token: env.FLEX_TOKEN });
  if (!valid || !workerSid) throw new Error('FLEX_TOKEN is not a valid token of a Flex worker of this account.');
  return { token: env.FLEX_TOKEN, identity, workerSid, isOurs: false };
}

async function postJson(client, uri, data) {
  const { body } = await client.request({ method: 'post', uri, data, headers: { 'Content-Type': 'application/json' } });
  return body;
}
