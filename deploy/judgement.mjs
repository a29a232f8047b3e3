// Judging what was read from the account.

import { expectedContactUri, fitsIdentity } from './identity.mjs';

const NAMED = 3;
/** The name of the Sync service that an account has by itself. */
export const DEFAULT_SYNC = 'Default Service';

/**
 * The workspace and the Sync service to use.
 *
 * @typedef {{ workspaceSid: string, syncSid: string }} Facts
 */

/** @typedef {{ sid: string, friendlyName: string }} SyncService */

/** @typedef {import('./account.mjs').Account} Account */

/**
 * Judges an account. Without problems there are facts.
 *
 * @param {Account & { template?: import('./template.mjs').Template }} account
 * @returns {{ problems: string[], warnings: string[], facts?: Facts }}
 */
export function judge(account) {
  const { workspaceSid } = account;
  /** @type {string[]} */
  const problems = [];
  /** @type {string[]} */
  const warnings = [];
  if (!workspaceSid) {
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
  warnings.push(...judgeWorkers(account.workers), ...judgeOthers(account));
  if (problems.length > 0 || !workspaceSid || !sync.sid) return { problems, warnings };
  return { problems, warnings, facts: { workspaceSid, syncSid: sync.sid } };
}

/**
 * Chooses the Sync service for claims and lists: the one that was named, or the one that agents' tokens open.
 *
 * Twilio does not document which that is. The template's deployments take the account's "Default Service"; Flex's configuration names
 * one too, which the desktop was never seen to read.
 *
 * @param {Pick<Account, 'givenSyncSid' | 'flexSyncSid' | 'syncServices'>} account
 * @returns {{ sid?: string, problem?: string, warning?: string }}
 */
export function chooseSync({ givenSyncSid, flexSyncSid, syncServices }) {
  const named = syncServices.find(({ sid }) => sid === flexSyncSid);
  const usual = syncServices.find(({ friendlyName }) => friendlyName === DEFAULT_SYNC) ?? named;
  if (givenSyncSid) {
    const ofDesktops = [usual, named].filter((service) => service !== undefined);
    return judgeGivenSync(givenSyncSid, ofDesktops, syncServices);
  }
  if (!usual) {
    return {
      problem: `Which Sync service Flex uses is not known: set TWILIO_FLEX_SYNC_SID. There are: ${inWords(syncServices)}.`,
    };
  }
  if (!named || named.sid === usual.sid) return { sid: usual.sid };
  return {
    sid: usual.sid,
    warning:
      `Flex's desktops may use either of two Sync services. ${inWords([usual])} is taken, which is nearly always right. Should the list ` +
      `of parked conversations stay empty, set TWILIO_FLEX_SYNC_SID to ${inWords([named])} and deploy again.`,
  };
}

/**
 * @param {string} sid
 * @param {SyncService[]} ofDesktops
 * @param {SyncService[]} syncServices
 */
function judgeGivenSync(sid, ofDesktops, syncServices) {
  /** @param {SyncService} service */
  const is = (service) => service.sid === sid;
  if (!syncServices.some(is)) {
    return { problem: `The Sync service ${sid} is not in this account: check TWILIO_FLEX_SYNC_SID.` };
  }
  if (ofDesktops.length === 0 || ofDesktops.some(is)) return { sid };
  return {
    sid,
    warning:
      `TWILIO_FLEX_SYNC_SID is not a service that Flex's desktops use, ${inWords(ofDesktops)}: ` +
      'the list of parked conversations stays empty there.',
  };
}

/** @param {SyncService[]} services */
const inWords = (services) => services.map(({ sid, friendlyName }) => `${sid} (${friendlyName})`).join(', ') || 'none';

/**
 * Returns warnings about attributes of workers by which a wake knows whose messages are not the customer's.
 *
 * @param {{ friendlyName: string, attributes: string }[]} workers
 */
function judgeWorkers(workers) {
  if (workers.length === 0) return ['The workspace has no workers: nobody can park yet.'];
  const read = workers.map(({ friendlyName, attributes }) => ({ friendlyName, attributes: attributesOf(attributes) }));
  /** @param {string} name */
  const without = (name) => read.filter(({ attributes }) => !(name in attributes));
  /** @param {{ friendlyName: string }[]} found */
  const names = (found) => found.map(({ friendlyName }) => friendlyName);
  const misfits = read.filter((worker) => 'contact_uri' in worker.attributes && !fitsIdentity(worker));
  const warnings = [];
  if (without('contact_uri').length > 0) {
    warnings.push(
      `Workers without the attribute contact_uri: ${some(names(without('contact_uri')))}; ${UNKNOWN_WORKER} ` +
        'Flex writes the attribute when they sign in.',
    );
  }
  if (misfits.length > 0) {
    const shown = misfits.map(
      (worker) => `${worker.friendlyName} (${worker.attributes.contact_uri}, expected ${expectedContactUri(worker)})`,
    );
    warnings.push(
      `Workers whose contact_uri fits neither their email address nor their name: ${some(shown)}; ${UNKNOWN_WORKER} ` +
        'Compare it with Twilio.Flex.Manager.getInstance().conversationsClient.user.identity in their browser’s console: ' +
        'contact_uri has to be client: and that. If it is not, mend it in the Console, TaskRouter, Workers.',
    );
  }
  if (without('roles').length > 0) {
    warnings.push(
      `Workers without the attribute roles: ${some(names(without('roles')))}; they cannot be told from supervisors.`,
    );
  }
  return warnings;
}

const UNKNOWN_WORKER =
  'what they write into a parked conversation may count as the customer’s message and wake it, and one of them who is still in ' +
  'that conversation cannot accept its new task.';

/**
 * Returns warnings about other features that leave conversations, bring them back or close them.
 *
 * @param {Pick<Account, 'agentConvEndMethods' | 'closedTimer'> & { template?: import('./template.mjs').Template }} account
 */
function judgeOthers({ agentConvEndMethods, closedTimer, template }) {
  const warnings = [];
  if (agentConvEndMethods?.enabled) {
    warnings.push(
      "Flex's own Leave and Pause are on (Console, Flex, Channel management). They work beside Park: when the customer writes, Twilio " +
        'makes a new task for a conversation that was left, and these Functions make one for a parked conversation. Both make one ' +
        'only where a parked conversation came back, its parked state was not removed, and its agent then clicked Leave. The plugin ' +
        'removes that state as soon as an agent has joined, and npm run parked -- reconcile where it could not. ' +
        'If one way is enough for your agents, switch Leave off.',
    );
  }
  if (closedTimer) {
    warnings.push(
      `The account's Conversations close after ${closedTimer} without a message (Console, Conversations, Defaults). While one is parked ` +
        'that timer is off, and it is back once an agent has joined; what it closes never comes back: the customer begins a new conversation then.',
    );
  }
  const signs = [
    template?.plugin && `the plugin ${template.plugin} is active`,
    template?.domain && `its Functions are at ${template.domain}`,
  ].filter(Boolean);
  if (signs.length > 0) {
    warnings.push(
      `The flex-project-template is in this account: ${signs.join(', and ')}. Its feature park-interaction follows the same flag as ` +
        'this one. While its plugin has that feature, agents see two Park buttons and two lists, and what its button parks lacks ' +
        'what makes up for lost messages and declined tasks. Take the feature out of that plugin: docs/template.md.',
    );
  }
  return warnings;
}

/**
 * Returns a few of many, in words.
 *
 * @param {string[]} all
 */
const some = (all) => all.slice(0, NAMED).join(', ') + (all.length > NAMED ? ' and others' : '');

/**
 * @param {string} text
 * @returns {Record<string, unknown>}
 */
function attributesOf(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
