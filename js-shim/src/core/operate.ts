// Operations of this agent, carried out by the core.

import type { Context } from '../context';
import { logoutSignal, token } from '../flex/session';
import type { OperationName, OperationView, ShimOutcome } from './generated/glue';

/** Carries out an operation with this agent's token; a logout ends it. */
export const operate = (
  { core, manager, settings }: Context,
  operation: OperationName,
  view: OperationView,
): Promise<ShimOutcome> => core.operate(operation, view, settings.functionsOrigin, token(manager), logoutSignal());
