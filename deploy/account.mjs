// What there is in the account, read once before anything is changed.

import { judge } from './judgement.mjs';
import { orUndefined } from './lookup.mjs';
import { NotReady } from './outcome.mjs';
import { readTemplate } from './template.mjs';

/** One page, the largest there is. */
const WORKERS_LOOKED_AT = 1000;

/** Reads the account. Changes nothing. `env` may name the workspace and the Sync service. */
export async function readAccount(client, env) {
  const configuration = await client.flexApi.v1.configuration().fetch();
  const workspaceSid = env.TWILIO_FLEX_WORKSPACE_SID ?? configuration.taskrouterWorkspaceSid;
  const [workspace, workers, syncServices, conversations] = await Promise.all([
    workspaceSid && orUndefined(client.taskrouter.v1.workspaces(workspaceSid).fetch()),
    workspaceSid &&
      orUndefined(
        client.taskrouter.v1
          .workspaces(workspaceSid)
          .workers.list({ limit: WORKERS_LOOKED_AT, pageSize: WORKERS_LOOKED_AT }),
      ),
    client.sync.v1.services.list(),
    client.conversations.v1.configuration().fetch(),
  ]);
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
    functionsDomain: configuration.uiAttributes?.custom_data?.serverless_functions_domain,
  };
}

/** The step: reads and judges the account, prints what the owner should know, and refuses what cannot work. */
export async function checkAccount(state) {
  const account = await readAccount(state.client, state.env);
  const template = await readTemplate(state.client, account.functionsDomain);
  const { problems, warnings, facts } = judge({ ...account, template });
  for (const warning of warnings) state.print(`  warning: ${warning}`);
  if (problems.length > 0) throw new NotReady(problems.join('\n  '));
  Object.assign(state, { account, ...facts });
  return `workspace ${facts.workspaceSid}, Sync service ${facts.syncSid}`;
}
