import type * as Flex from '@twilio/flex-ui';

let logout = new AbortController();

/** Aborts the calls in flight when the agent logs out. */
export function watchLogout(flex: typeof Flex): void {
  flex.Actions.addListener('beforeLogout', () => {
    logout.abort();
    logout = new AbortController();
  });
}

/** Returns the signal that is aborted when the agent logs out. */
export const logoutSignal = (): AbortSignal => logout.signal;

/** Returns the agent's current Flex token. Flex renews it from time to time. */
export const token = (manager: Flex.Manager): string =>
  manager.store.getState().flex.session.ssoTokenPayload?.token ?? '';

/** Returns the agent's name as colleagues know it. */
export const agentName = ({ workerClient }: Flex.Manager): unknown =>
  (workerClient?.attributes as { full_name?: unknown } | undefined)?.full_name || workerClient?.name;
