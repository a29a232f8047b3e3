import type { Context } from '../context';
import { registerChange } from './changeInteraction';
import { registerEnd } from './endInteraction';
import { registerKeep } from './keepInteraction';
import { registerPark } from './parkInteraction';
import { registerUnpark } from './unparkInteraction';

/** Registers the actions, which other plugins may invoke, replace and listen to like any of Flex's. */
export function registerActions(context: Context): void {
  registerPark(context);
  registerUnpark(context);
  registerKeep(context);
  registerChange(context);
  registerEnd(context);
}
