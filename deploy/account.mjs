// The account, read once before anything is changed.

import { judge } from './judgement.mjs';
import { orUndefined } from './lookup.mjs';
import { NotReady } from './outcome.mjs';
import { readTemplate } from './template.mjs';

/** One page, the largest there is. */
const WORKERS_LOOKED_AT = 1000;

/** @typedef {Awaited<ReturnType<typeof readAccount>>} Account */

/**
 * Reads the account and changes nothing.
 *
 * @param {import('./transport.mjs').Client} client
 * @param {NodeJS.ProcessEnv} env may name the workspace and the Sync service
 */
export async function readAccount(client, env) {
  const configuration = await client.flexApi.v1.configuration().fetch();
  const workspaceSid = env.TWILIO_FLEX_WORKSPACE_SID ?? configuration.taskrouterWorkspaceSid;
  const [workspace, workers, syncServices, conversations] = await Promise.all([
    workspaceSid ? orUndefined(client.taskrouter.v1.workspaces(workspaceSid).fetch()) : undefined,
    workspaceSid
      ? orUndefined(
          client.taskrouter.v1
            .workspaces(workspaceSid)
            .workers.list({ limit: WORKERS_LOOKED_AT, pageSize: WORKERS_LOOKED_AT }),
        )
      : undefined,
    client.sync.v1.services.list(),
    client.conversations.v1.configuration().fetch(),
  ]);
  /** @type {import('./domain.mjs').CustomData | undefined} */
  const customData = configuration.uiAttributes?.custom_data;
  return {
    workspaceSid,
    workspace,
    workers: (workers ?? []).map(({ friendlyName, attributes }) => ({ friendlyName, attributes })),
    syncServices: syncServices.map(({ sid, friendlyName }) => ({ sid, friendlyName })),
    givenSyncSid: env.TWILIO_FLEX_SYNC_SID,
    flexSyncSid: configuration.flexServiceInstanceSid,
    flexChatSid: configuration.chatServiceInstanceSid,
    defaultChatSid: conversations.defaultChatServiceSid,
    closedTimer: conversations.defaultClosedTimer,
    inactiveTimer: conversations.defaultInactiveTimer,
    agentConvEndMethods: configuration.agentConvEndMethods,
    flexInstanceSid: configuration.flexInstanceSid,
    functionsDomain: customData?.serverless_functions_domain,
    enabled: customData?.features?.park_interaction?.enabled === true,
  };
}

/**
 * The step that reads and judges the account. Prints warnings for the owner. Throws `NotReady` where it cannot work.
 *
 * @param {{ client: import('./transport.mjs').Client, env: NodeJS.ProcessEnv, print: (line: string) => void }} command
 */
export async function checkAccount({ client, env, print }) {
  const account = await readAccount(client, env);
  const template = await readTemplate(client, account.functionsDomain);
  const { problems, warnings, facts } = judge({ ...account, template });
  for (const warning of warnings) print(`  warning: ${warning}`);
  if (!facts) throw new NotReady(problems.join('\n  '));
  return { line: `workspace ${facts.workspaceSid}, Sync service ${facts.syncSid}`, account, ...facts };
}
