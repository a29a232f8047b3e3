import * as React from 'react';
import type { ITask } from '@twilio/flex-ui';

interface Participant {
  type?: unknown;
  routingProperties?: { workerSid?: unknown };
}

/**
 * Returns the participants of the task's interaction channel, or null before the first answer.
 *
 * Reads them again after TaskRouter's events of a participant, and when `joined`, the number of people in the conversation,
 * changes.
 */
export function useParticipants(task: ITask, joined: number | undefined): unknown {
  const [participants, setParticipants] = React.useState<unknown>(null);
  const channelSid = task.attributes?.flexInteractionChannelSid;

  React.useEffect(() => {
    if (!channelSid) return undefined;
    let current = true;
    const read = (): void => {
      task
        .getParticipants(channelSid)
        .then((found: Participant[]) => current && setParticipants(found.map(participantView)))
        // The last known participants stay. The Function checks them again.
        .catch(() => undefined);
    };
    const source = task.source as unknown as EventSource;
    read();
    source.addListener('participantAdded', read);
    source.addListener('participantRemoved', read);
    return () => {
      current = false;
      source.removeListener('participantAdded', read);
      source.removeListener('participantRemoved', read);
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
