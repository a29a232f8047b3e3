import type { Context } from '../context';
import { registerRowAction } from './perform';

export const CHANGE_INTERACTION = 'ChangeParkedInteraction';

/**
 * Registers the action `ChangeParkedInteraction`, which takes `{ ConversationSid, until, keepTime, reason }`. `until` is in seconds
 * since 1970; 0 takes the time away, as an empty `reason` does the reason. What is missing stays as it is.
 */
export const registerChange = (context: Context): void => registerRowAction(context, CHANGE_INTERACTION, 'change');
