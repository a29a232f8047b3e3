import type { Manager } from '@twilio/flex-ui';

import type { StartView } from '../core/generated/glue';

interface UiAttributes {
  custom_data?: unknown;
}

/** What Rust reads the settings from. */
export function startView(manager: Manager): StartView {
  const configuration = manager.serviceConfiguration as unknown as { ui_attributes?: UiAttributes };
  const workerAttributes = manager.workerClient?.attributes as { config_overrides?: unknown } | undefined;
  return {
    customData: configuration?.ui_attributes?.custom_data,
    configOverrides: workerAttributes?.config_overrides,
    roles: manager.user?.roles,
  };
}

/**
 * Whether anybody has written anything about this feature. An account that never heard of it does not even load the
 * core.
 */
export function isMentioned({ customData, configOverrides }: StartView): boolean {
  return JSON.stringify([customData, configOverrides]).includes('"park_interaction"');
}
