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

/** Calls `listener` now and after each change of the connection, with the states of the browser and of the client. */
export function followConnection(from: SyncClient, listener: (online: boolean, state: string) => void): void {
  const changed = () => listener(navigator.onLine, from.connectionState);
  from.on('connectionStateChanged', changed);
  window.addEventListener('online', changed);
  window.addEventListener('offline', changed);
  changed();
}
