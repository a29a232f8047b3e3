import { instantiate, unzip, type Core } from '../core/load';
import { archive } from '../core/generated/supervisor/archive';
import * as glue from '../core/generated/supervisor/glue';

/** Loads the supervisors' core, which has all that the agents' has, and more. */
export const loadCore = async (): Promise<Core> => instantiate(glue, await unzip(archive));
