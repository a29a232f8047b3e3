import type { Manager } from '@twilio/flex-ui';

import type { WorkerView } from '../core/generated/glue';

/** How much room the agent has for tasks, as TaskRouter's client knows it. */
export function workerView({ workerClient }: Manager): WorkerView {
  const channels = Array.from(workerClient?.channels.values() ?? []);
  return {
    available: workerClient?.activity.available,
    channels: channels.map(({ taskChannelUniqueName, availableCapacityPercentage }) => ({
      name: taskChannelUniqueName,
      free: availableCapacityPercentage,
    })),
  };
}
