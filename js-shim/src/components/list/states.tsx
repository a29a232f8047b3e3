import * as React from 'react';

import type { Part } from './part';

/** Placeholders for the rows, before anything has been read. */
export function Skeleton({ label }: Part & { label: string }) {
  return (
    <div className="skeleton" aria-busy="true">
      <p className="unseen">{label}</p>
      {Array.from({ length: 6 }, (_, index) => (
        <div key={index} className="bars" aria-hidden="true">
          <i />
          <i />
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}

/** A message in place of the rows. */
export function Nothing({
  context,
  icon,
  title,
  hint,
  children,
}: React.PropsWithChildren<Part & { icon: string; title: string; hint: string }>) {
  const { Icon } = context.flex;
  return (
    <div className="nothing">
      <Icon icon={icon} sizeMultiplier={1.5} />
      <h2>{title}</h2>
      <p>{hint}</p>
      {children}
    </div>
  );
}

/** The failure to read the list. */
export function Failed({ onRetry, ...part }: Part & { onRetry: () => void }) {
  const { context, formats, view } = part;
  const { Button } = context.flex;
  return (
    <Nothing
      {...part}
      icon="Warning"
      title={view.failure ? formats.text(view.failure) : ''}
      hint={formats.text('ParkInteractionListFailedHint')}
    >
      <Button variant="secondary" size="small" onClick={onRetry}>
        {formats.text('ParkInteractionListTryAgain')}
      </Button>
    </Nothing>
  );
}

/** A note that the rows may be out of date. */
export function Offline({ context, formats }: Part) {
  const { Icon } = context.flex;
  return (
    <div className="offline">
      <Icon icon="ConnectionError" />
      <p>{formats.text('ParkInteractionListOffline')}</p>
    </div>
  );
}
