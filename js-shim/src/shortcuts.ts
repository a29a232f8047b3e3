import * as React from 'react';

import type { Context } from './context';
import { text } from './strings';

/** The keys, with Ctrl and Shift, that neither Flex nor Chrome uses. */
const PARK_KEY = 'F';
const UNTIL_KEY = 'X';

/** The parking of the selected task. */
interface Parking {
  park(): void;
  openDialog(): void;
}

/** The parking of the task whose button is on the screen and enabled. */
let shown: Parking | undefined;

/** Adds the shortcuts to Flex's, for the selected task. A key that the admin or another plugin uses stays as it is. */
export function addShortcuts({ flex, manager }: Pick<Context, 'flex' | 'manager'>): void {
  // Old versions of Flex UI have no shortcuts.
  const shortcuts = flex.KeyboardShortcutManager as typeof flex.KeyboardShortcutManager | undefined;
  if (!shortcuts?.addShortcuts) return;
  const ours = {
    [PARK_KEY]: { name: text(manager, 'ParkInteractionButtonLabel'), action: () => shown?.park() },
    [UNTIL_KEY]: { name: text(manager, 'ParkInteractionUntil'), action: () => shown?.openDialog() },
  };
  shortcuts.addShortcuts({ ...ours, ...shortcuts.keyboardShortcuts });
}

/** Lets the shortcuts reach the parking of a task while its button is shown; undefined while it is disabled. */
export function useShortcuts(parking: Parking | undefined): void {
  React.useEffect(() => {
    shown = parking;
    return () => {
      if (shown === parking) shown = undefined;
    };
  });
}
