import * as React from 'react';

import type { Part } from './ListView';

/**
 * Announces changes to people who use a screen reader. The outcome of a resume is not among them: Flex reads its notification out.
 */
export function Announcer({ view, formats }: Part) {
  const { announcement, failure, status } = view;
  return (
    <div role="status" className="unseen">
      {status === 'offline' && formats.text('ParkInteractionListOffline')}
      {failure && formats.text(failure)}
      {/* The key makes the same words a second time a change too. */}
      {announcement && <span key={announcement.id}>{formats.text(announcement.key, { ...announcement.values })}</span>}
    </div>
  );
}
