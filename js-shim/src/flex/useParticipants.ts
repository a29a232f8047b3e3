import * as React from 'react';
import type { ITask } from '@twilio/flex-ui';

interface Participant {
  type?: unknown;
  routingProperties?: { workerSid?: unknown };
}

/**
 * Who is in the task's interaction channel; null until it is known.
 *
 * It is asked again when TaskRouter says that somebody came or went, and when `joined`, the number of people in the
 * conversation, changes.
 */
export function useParticipants(task: ITask, joined: number | undefined): unknown {
  const [participants, setParticipants] = React.useState<unknown>(null);
  const channelSid = task.attributes?.flexInteractionChannelSid;

  React.useEffect(() => {
    if (!channelSid) return undefined;
    let current = true;
    const ask = (): void => {
      task
        .getParticipants(channelSid)
        .then((found: Participant[]) => current && setParticipants(found.map(participantView)))
        // Who is in the channel stays as far as it was known; the function decides in the end.
        .catch(() => undefined);
    };
    const source = task.source as unknown as EventSource;
    ask();
    source.addListener('participantAdded', ask);
    source.addListener('participantRemoved', ask);
    return () => {
      current = false;
      source.removeListener('participantAdded', ask);
      source.removeListener('participantRemoved', ask);
    };
  }, [task, channelSid, joined]);

  return participants;
}

interface EventSource {
  addListener(event: string, listener: () => void): void;
  removeListener(event: string, listener: () => void): void;
}

const participantView = ({ type, routingProperties }: Participant): unknown => ({
  type,
  routingProperties: { workerSid: routingProperties?.workerSid },
});
