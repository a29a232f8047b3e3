import type * as React from 'react';
import type * as Flex from '@twilio/flex-ui';

import type { ParkedList } from './list/parkedList';
import type { Core } from './core/load';
import type { Settings } from './core/generated/glue';
import type { AgentSum, ParkedTeam } from './team/parkedTeam';

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
  AgentPicker?: React.ComponentType<PickerProps>;
}

/** The properties of the dialog that chooses an agent. */
export interface PickerProps {
  context: Context;
  team: ParkedTeam;
  /** The element under which the dialog opens. */
  anchor: React.RefObject<HTMLElement>;
  title: string;
  /** The agent who has the conversations, and is left out. */
  except?: string;
  /** True if the queue can be chosen too. */
  withQueue?: boolean;
  /** Takes the agent, or null for the queue. */
  pick: (agent: AgentSum | null) => void;
  close: () => void;
}
