import type { Context } from '../context';
import { registerRowAction } from './perform';

export const END_INTERACTION = 'EndParkedInteraction';
export const GIVE_INTERACTION = 'GiveParkedInteraction';

/**
 * Registers two actions. `EndParkedInteraction` takes `{ ConversationSid, unread }`, with the number of unheard messages that the agent
 * has seen in the row, and closes the conversation for good. `GiveParkedInteraction` takes `{ ConversationSid }` and gives it to the queue.
 */
export function registerEnd(context: Context): void {
  registerRowAction(context, END_INTERACTION, 'end');
  registerRowAction(context, GIVE_INTERACTION, 'give');
}
