// The plugin's own Sync client, shared by the list and the watch.

import type { Manager } from '@twilio/flex-ui';

import { logoutSignal, token } from '../flex/session';

/** A Sync client, of the same class as Flex's own. */
export type SyncClient = Manager['insightsClient'];

/** A Sync map that the client has opened. */
export type SyncMap = Awaited<ReturnType<SyncClient['map']>>;

/** An item of such a map. */
export type SyncItem = Awaited<ReturnType<SyncMap['get']>>;

type SyncClientClass = new (token: string, options: object) => SyncClient;

const FORBIDDEN = 403;

/** The time in which permissions are gathered for one request. */
const GATHER_MS = 50;

/** The most agents that one request names. */
const MOST_OWNERS = 20;

let client: SyncClient | undefined;

/**
 * Returns the Sync client for the account's own objects. The client receives each token that Flex renews.
 *
 * Flex's own client has the same class, but its product id is `flex_insights`, so it can open Flex's objects only.
 */
export function syncClient(manager: Manager): SyncClient {
  client ??= open(manager);
  return client;
}

function open(manager: Manager): SyncClient {
  const Client = manager.insightsClient.constructor as SyncClientClass;
  const opened = new Client(token(manager), { ...manager.configuration.sdkOptions?.insights, productId: 'data_sync' });
  manager.events.addListener('tokenUpdated', (renewed: { token: string }) => void opened.updateToken(renewed.token));
  logoutSignal().addEventListener('abort', () => void opened.shutdown());
  return opened;
}

/** A request for permissions that is gathered, or under way. */
interface Asking {
  owners: string[];
  answered: Promise<unknown>;
}

let asking: Asking | undefined;

/** Asks for permissions: of the agents who own lists, or for this agent's own. Never rejects. */
let askFor: (owners: string[]) => Promise<unknown> = () => Promise.resolve();

/** Sets the function that asks for permissions. */
export function askPermissionsBy(ask: typeof askFor): void {
  askFor = ask;
}

/**
 * Opens a map. Where Sync's access lists are on, a map is forbidden to those without a permission: the Function gives it to those who
 * may have it. `owner` is the agent whose list it is, if it is not this agent's.
 */
export async function openMap(
  client: SyncClient,
  options: Parameters<SyncClient['map']>[0],
  owner = '',
): Promise<SyncMap> {
  try {
    return await client.map(options);
  } catch (error) {
    if ((error as { status?: number }).status !== FORBIDDEN) throw error;
    await permission(owner);
    return client.map(options);
  }
}

/** Asks for a permission, together with others that are needed at the same time. Never rejects. */
function permission(owner: string): Promise<unknown> {
  const isOpen = asking && !!asking.owners[0] === !!owner && asking.owners.length < MOST_OWNERS;
  if (!asking || !isOpen) {
    const owners: string[] = [];
    const gathered = new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    const mine: Asking = {
      owners,
      answered: gathered.then(() => {
        if (asking === mine) asking = undefined;
        return askFor(owners.filter((one) => one));
      }),
    };
    asking = mine;
  }
  if (!asking.owners.includes(owner)) asking.owners.push(owner);
  return asking.answered;
}

/** Calls `listener` now and after each change of the connection, with the states of the browser and of the client. */
export function followConnection(from: SyncClient, listener: (online: boolean, state: string) => void): void {
  const changed = () => listener(navigator.onLine, from.connectionState);
  from.on('connectionStateChanged', changed);
  window.addEventListener('online', changed);
  window.addEventListener('offline', changed);
  changed();
}
