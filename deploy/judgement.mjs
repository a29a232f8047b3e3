// Whether what was read from the account will do.

/**
 * What is wrong, what the owner should know, and which workspace and Sync service to use.
 *
 * @param account what `readAccount` answers
 * @returns {{ problems: string[], warnings: string[], facts: { workspaceSid: string, syncSid: string } }}
 */
export function judge(account) {
  const problems = [];
  const warnings = [];
  if (!account.workspaceSid) {
    problems.push('Flex has no TaskRouter workspace: set TWILIO_FLEX_WORKSPACE_SID, or finish the set-up of Flex.');
  } else if (!account.workspace) {
    problems.push(`The workspace ${account.workspaceSid} is not in this account: check TWILIO_FLEX_WORKSPACE_SID.`);
  }
  const sync = chooseSync(account);
  if (sync.problem) problems.push(sync.problem);
  if (sync.warning) warnings.push(sync.warning);
  if (account.flexChatSid && account.defaultChatSid && account.flexChatSid !== account.defaultChatSid) {
    problems.push(
      `Flex uses the Conversations service ${account.flexChatSid}, but the account's default is ${account.defaultChatSid}. ` +
        'The Functions work with the default: make it that of Flex (Console, Conversations, Defaults).',
    );
  }
  warnings.push(...judgeWorkers(account.workers));
  if (account.agentConvEndMethods?.enabled) {
    warnings.push(
      "Flex's own Leave and Pause are on (Channel management). They work beside Park, but agents then have two ways " +
        'to let go of a conversation, and only a parked one wakes when the customer writes.',
    );
  }
  return { problems, warnings, facts: { workspaceSid: account.workspaceSid, syncSid: sync.sid } };
}

/** The Sync service for claims and lists: the one that was named, or the one that the Flex desktop is connected to. */
export function chooseSync({ givenSyncSid, flexSyncSid, syncServices }) {
  const is = (sid) => syncServices.some((service) => service.sid === sid);
  if (givenSyncSid) {
    if (!is(givenSyncSid)) {
      return { problem: `The Sync service ${givenSyncSid} is not in this account: check TWILIO_FLEX_SYNC_SID.` };
    }
    if (is(flexSyncSid) && flexSyncSid !== givenSyncSid) {
      return {
        sid: givenSyncSid,
        warning: `TWILIO_FLEX_SYNC_SID is not the service of the Flex desktop, ${flexSyncSid}: the list of parked conversations stays empty there.`,
      };
    }
    return { sid: givenSyncSid };
  }
  if (is(flexSyncSid)) return { sid: flexSyncSid };
  const known = syncServices.map(({ sid, friendlyName }) => `${sid} (${friendlyName})`).join(', ') || 'none';
  return { problem: `Which Sync service Flex uses is not known: set TWILIO_FLEX_SYNC_SID. There are: ${known}.` };
}

/** What a wake needs to know of workers: whose messages are not the customer's. */
function judgeWorkers(workers) {
  if (workers.length === 0) return ['The workspace has no workers: nobody can park yet.'];
  const without = (name) => workers.filter(({ attributes }) => !(name in attributesOf(attributes)));
  const warnings = [];
  for (const [name, loss] of [
    ['contact_uri', 'what they write is taken for the customer’s and wakes a parked conversation'],
    ['roles', 'they cannot be told from supervisors'],
  ]) {
    const found = without(name);
    if (found.length > 0) {
      const names = found.slice(0, 3).map(({ friendlyName }) => friendlyName);
      const more = found.length > 3 ? ' and others' : '';
      warnings.push(`Workers without the attribute ${name}: ${names.join(', ')}${more}; ${loss}.`);
    }
  }
  return warnings;
}

function attributesOf(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
