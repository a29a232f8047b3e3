import type * as Flex from '@twilio/flex-ui';
import { FlexPlugin } from '@twilio/flex-plugin';

import { registerActions } from './actions';
import { addNotices } from './components/Notices';
import { addReturned } from './components/Returned';
import { addTaskMarks } from './components/TaskMark';
import { addParkedList } from './components/list';
import { addParkButton } from './components/park/ParkButton';
import type { Context } from './context';
import { load, texts, WasmForbidden } from './core/load';
import { operate } from './core/operate';
import { addDrafts } from './drafts';
import { apply } from './effects';
import { isMentioned, startView } from './flex/configuration';
import { watchLogout } from './flex/session';
import { startList } from './list/parkedList';
import { registerNotifications } from './notifications';
import { followReservations } from './reservations';
import { addShortcuts } from './shortcuts';
import { addStrings } from './strings';
import { askPermissionsBy } from './sync/client';
import { loadTeam, type TeamPart } from './team/load';
import { startWatch } from './watch';

/** Parks messaging conversations until the customer writes again. */
export default class ParkInteractionPlugin extends FlexPlugin {
  constructor() {
    super('ParkInteractionPlugin');
  }

  /** Starts the plugin. After any failure Flex goes on without parking. */
  async init(flex: typeof Flex, manager: Flex.Manager): Promise<void> {
    try {
      const view = startView(manager);
      if (!isMentioned(view)) return;
      const translate = addStrings(manager, await texts());
      const agentsCore = await load();
      const { settings, effects } = agentsCore.start(view);
      const origin = settings?.functionsOrigin ?? '';
      const teamPart = settings?.seesAgents ? loadTeam(origin) : undefined;
      // Before anything shows a text.
      if (settings) await translate(origin);
      const team = await teamPart;
      const core = team?.core ?? agentsCore;
      // Each core has a memory of its own. The warnings are the same.
      if (team) core.start(view);
      registerNotifications({ flex, manager, core });
      addNotices({ flex });
      apply(effects, { flex, manager });
      if (!settings) return;
      const context: Context = { flex, manager, core, settings };
      watchLogout(flex);
      askPermissionsBy((owners) => operate(context, 'access', owners[0] ? { of: owners.join() } : {}));
      registerActions(context);
      addParkButton(context);
      addShortcuts(context);
      addTaskMarks(flex);
      addDrafts(flex);
      followReservations(context);
      addReturned(context);
      if (settings.showList) {
        context.list = startList(context);
        addParkedList(context, context.list);
      }
      startWatch(context);
      if (settings.showList && settings.seesAgents) startTeam(context, team);
      // For measurements of the time until the page is ready.
      performance.mark('park-interaction:ready');
    } catch (error) {
      console.error('park-interaction:', error);
      if (error instanceof WasmForbidden) showWasmForbidden(flex);
    }
  }
}

/** Starts what only supervisors have. Without it they have what agents have, and are told so. */
function startTeam(context: Context, team: TeamPart | undefined): void {
  try {
    if (team) return void team.startTeam(context);
  } catch (error) {
    console.warn("park-interaction: the supervisors' part did not start:", error);
  }
  context.flex.Notifications.showNotification('ParkInteractionTeamNotLoaded');
}

function showWasmForbidden(flex: typeof Flex): void {
  const id = 'ParkInteractionWasmForbidden';
  flex.Notifications.registerNotification({ id, content: id, type: flex.NotificationType.error });
  flex.Notifications.showNotification(id);
}
