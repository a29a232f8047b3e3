import type { Manager } from '@twilio/flex-ui';

import { logoutSignal, token } from './session';

/** A Sync client, as Flex's own is one. */
export type SyncClient = Manager['insightsClient'];

/** A Sync map that the client has opened. */
export type SyncMap = Awaited<ReturnType<SyncClient['map']>>;

/** An item of such a map. */
export type SyncItem = Awaited<ReturnType<SyncMap['get']>>;

type SyncClientClass = new (token: string, options: object) => SyncClient;

/**
 * A Sync client for the account's own objects; its token is renewed whenever Flex renews its own.
 *
 * Flex's client, whose class is taken here, speaks for Flex: each of its requests names the grant `flex_insights`, and
 * so it sees Flex's objects only.
 */
export function openSyncClient(manager: Manager): SyncClient {
  const Client = manager.insightsClient.constructor as SyncClientClass;
  const client = new Client(token(manager), { ...manager.configuration.sdkOptions?.insights, productId: 'data_sync' });
  manager.events.addListener('tokenUpdated', (renewed: { token: string }) => void client.updateToken(renewed.token));
  logoutSignal().addEventListener('abort', () => void client.shutdown());
  return client;
}
