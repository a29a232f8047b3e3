import type { Context } from '../context';
import { agentName } from '../flex/session';
import { registerRowAction } from './perform';

export const END_INTERACTION = 'EndParkedInteraction';
export const GIVE_INTERACTION = 'GiveParkedInteraction';

/**
 * Registers two actions. `EndParkedInteraction` takes `{ ConversationSid, unread }`, with the number of unheard messages that the agent
 * has seen in the row, and closes the conversation for good. `GiveParkedInteraction` takes `{ ConversationSid, workerSid, agentName }` and
 * gives it to the agent, or without one to the queue. `agentName` is the name of the one who gives; without it that of this agent.
 */
export function registerEnd(context: Context): void {
  registerRowAction(context, END_INTERACTION, 'end');
  registerRowAction(context, GIVE_INTERACTION, 'give', () => ({ agentName: agentName(context.manager) }));
}
