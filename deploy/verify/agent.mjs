// The agent of the trial: a Flex user of our own, or the owner's, and a token with which the Functions let them in.
//
// Users and tokens are made with a public beta of Twilio:
// https://www.twilio.com/docs/flex/developer/user-management/flex-users-api
// https://www.twilio.com/docs/flex/developer/user-management/flex-token-api
// In accounts without it, FLEX_TOKEN holds the token of somebody who is signed in to Flex and does not work meanwhile.

const TOKEN_SECONDS = 1800;

/**
 * @typedef {import('../transport.mjs').Client} Client
 * @typedef {import('./cleanup.mjs').Cleanup} Cleanup
 */

/**
 * Somebody who is signed in to Flex. `isOurs`: the trial has made them.
 *
 * @typedef {{ token: string, identity: string, workerSid: string, isOurs: boolean }} SignedIn
 */

/**
 * The agent of the trial: a worker who is available and has room for chats.
 *
 * @typedef {object} Means
 * @property {string} contactUri
 * @property {string} [givenContactUri] the one that Flex wrote, if it wrote one
 * @property {boolean} canRest true if the workspace has an activity in which workers are unavailable
 * @property {() => Promise<unknown>} rests makes them unavailable
 * @property {() => Promise<unknown>} returns makes them available
 * @typedef {SignedIn & Means} Agent
 */

/**
 * Provides the agent.
 *
 * @param {import('./stage.mjs').Trial} trial
 * @param {Cleanup} cleanup
 * @returns {Promise<Agent>}
 */
export async function provideAgent({ client, env, account, syncSid, name, workspace }, cleanup) {
  const agent = env.FLEX_TOKEN
    ? await signedIn(client, env.FLEX_TOKEN)
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
    rests: async () => {
      if (!resting) throw new Error('The workspace has no activity in which workers are unavailable.');
      await worker.update({ activitySid: resting.sid });
    },
    returns: () => worker.update({ activitySid: available.sid }),
  };
}

/**
 * Returns the worker's contact_uri, by which the trial's queue selects them. Sets it for a worker of ours who has never signed in.
 *
 * @param {ReturnType<import('./stage.mjs').Workspace['workers']>} worker
 * @param {{ contact_uri?: string }} attributes
 * @param {SignedIn} signedIn
 */
async function contact(worker, attributes, { isOurs, identity }) {
  if (attributes.contact_uri) return attributes.contact_uri;
  if (!isOurs) throw new Error('The worker of FLEX_TOKEN has no attribute contact_uri.');
  const contactUri = `client:${identity}`;
  await worker.update({ attributes: JSON.stringify({ ...attributes, contact_uri: contactUri }) });
  return contactUri;
}

/**
 * Creates a Flex user.
 *
 * @param {Pick<import('./stage.mjs').Trial, 'client' | 'account' | 'name'>} trial
 * @param {Cleanup} cleanup
 * @returns {Promise<SignedIn>}
 */
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

/**
 * Reads the user of FLEX_TOKEN.
 *
 * @param {Client} client
 * @param {string} token
 * @returns {Promise<SignedIn>}
 */
async function signedIn(client, token) {
  const uri = `https://iam.twilio.com/v1/Accounts/${client.accountSid}/Tokens/validate`;
  const { valid, worker_sid: workerSid, identity } = await postJson(client, uri, { token });
  if (!valid || !workerSid) throw new Error('FLEX_TOKEN is not a valid token of a Flex worker of this account.');
  return { token, identity, workerSid, isOurs: false };
}

/**
 * @param {Client} client
 * @param {string} uri
 * @param {object} data
 * @returns {Promise<any>} any: the client has no types for these beta resources
 */
async function postJson(client, uri, data) {
  const { body } = await client.request({ method: 'post', uri, data, headers: { 'Content-Type': 'application/json' } });
  return body;
}
