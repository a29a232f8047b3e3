import * as React from 'react';

import { announce } from '../Notices';
import type { Part } from './part';

/**
 * Announces changes to people who use a screen reader, but not what was announced before the view opened. The outcome of a resume is
 * not among them: Flex reads its notification out.
 */
export function Announcer({ view, formats }: Part) {
  const { announcement, failure, status } = view;
  const [former] = React.useState(announcement?.id);
  const words = [
    status === 'offline' && formats.text('ParkInteractionListOffline'),
    failure && formats.text(failure),
    announcement && announcement.id !== former && formats.text(announcement.key, { ...announcement.values }),
  ]
    .filter(Boolean)
    .join(' ');
  React.useEffect(() => {
    if (words) announce(words);
  }, [words, announcement?.id]);
  return null;
}
