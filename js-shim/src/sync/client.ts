// The plugin's own Sync client: one for the list and the watch.

import type { Manager } from '@twilio/flex-ui';

import { logoutSignal, token } from '../flex/session';

/** A Sync client, as Flex's own is one. */
export type SyncClient = Manager['insightsClient'];

/** A Sync map that the client has opened. */
export type SyncMap = Awaited<ReturnType<SyncClient['map']>>;

/** An item of such a map. */
export type SyncItem = Awaited<ReturnType<SyncMap['get']>>;

type SyncClientClass = new (token: string, options: object) => SyncClient;

let client: SyncClient | undefined;

/**
 * A Sync client for the account's own objects; its token is renewed whenever Flex renews its own.
 *
 * Flex's client, whose class is taken here, speaks for Flex: each of its requests names the grant `flex_insights`, and
 * so it sees Flex's objects only.
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

/** Calls `listener` with each state of the connection, the one of now too: the browser's, and the client's word for its own. */
export function followConnection(from: SyncClient, listener: (online: boolean, state: string) => void): void {
  const changed = () => listener(navigator.onLine, from.connectionState);
  from.on('connectionStateChanged', changed);
  window.addEventListener('online', changed);
  window.addEventListener('offline', changed);
  changed();
}
