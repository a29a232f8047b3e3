import type { Manager } from '@twilio/flex-ui';

import type { StartView } from '../core/generated/glue';

interface UiAttributes {
  custom_data?: unknown;
}

/** The view from which the core reads the settings. */
export function startView(manager: Manager): StartView {
  const configuration = manager.serviceConfiguration as unknown as { ui_attributes?: UiAttributes };
  const workerAttributes = manager.workerClient?.attributes as { config_overrides?: unknown } | undefined;
  return {
    customData: configuration?.ui_attributes?.custom_data,
    configOverrides: workerAttributes?.config_overrides,
    roles: manager.user?.roles,
  };
}

/** Returns true if the configuration mentions this feature. Otherwise the shim does not load the core. */
export function isMentioned({ customData, configOverrides }: StartView): boolean {
  return JSON.stringify([customData, configOverrides]).includes('"park_interaction"');
}
