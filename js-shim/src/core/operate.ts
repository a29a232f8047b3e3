// Has the core carry out an operation of this agent.

import type { Context } from '../context';
import { logoutSignal, token } from '../flex/session';
import type { OperationName, OperationView, Outcome } from './generated/glue';

/** Calls the Function of an operation for this agent, until they log out. */
export const operate = (
  { core, manager, settings }: Context,
  operation: OperationName,
  view: OperationView,
): Promise<Outcome> => core.operate(operation, view, settings.functionsOrigin, token(manager), logoutSignal());
