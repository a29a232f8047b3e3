import type * as Flex from '@twilio/flex-ui';

let logout = new AbortController();

/** Ends the calls that are under way when the agent logs out. */
export function watchLogout(flex: typeof Flex): void {
  flex.Actions.addListener('beforeLogout', () => {
    logout.abort();
    logout = new AbortController();
  });
}

/** What is aborted when the agent logs out. */
export const logoutSignal = (): AbortSignal => logout.signal;

/** The agent's Flex token as it is now; Flex renews it. */
export const token = (manager: Flex.Manager): string =>
  manager.store.getState().flex.session.ssoTokenPayload?.token ?? '';
