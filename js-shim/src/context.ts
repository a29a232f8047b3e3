import type * as Flex from '@twilio/flex-ui';

import type { ParkedList } from './list/parkedList';
import type { Core } from './core/load';
import type { Settings } from './core/generated/glue';
import type { AgentPicker } from './components/team/bulk';
import type { ParkedTeam } from './team/parkedTeam';

/** The objects that every part of the plugin uses. */
export interface Context {
  flex: typeof Flex;
  manager: Flex.Manager;
  core: Core;
  settings: Settings;
  /** The list. Undefined if it is switched off. */
  list?: ParkedList;
  /** The conversations of other agents. Undefined for those who see none, and if the list is switched off. */
  team?: ParkedTeam;
  /** The dialog that chooses an agent, where there is `team`. It is loaded with that. */
  AgentPicker?: typeof AgentPicker;
}
