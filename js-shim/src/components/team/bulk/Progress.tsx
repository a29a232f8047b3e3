import * as React from 'react';

import type { Context } from '../../../context';
import { formatsOf } from '../../../strings/format';
import { headingAround } from '../../park/SheetDialog';
import { dismissRun, type Run } from './run';

interface Props {
  context: Context;
  run: Run;
  /** Called with the conversations that have failed when the agent wants to see them. */
  show?: (conversationSids: string[]) => void;
}

/** The batch whose Cancel has had the focus, by its function. */
let met: Run['cancel'] | undefined;

/** The progress of the batch with Cancel; at its end the result, and what has failed. */
export function Progress({ context, run, show }: Props) {
  const { Button } = context.flex;
  const { text } = formatsOf(context.manager);
  const [isShown, setShown] = React.useState(false);
  const cancel = React.useRef<HTMLSpanElement>(null);
  const failures = run.isOver ? run.failures() : [];

  // The button that has started it does nothing now, or has gone. Who comes back to a batch, or later to its result, keeps the focus.
  React.useEffect(() => {
    if (met !== run.cancel && !run.isOver) cancel.current?.querySelector('button')?.focus();
    met = run.cancel;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- its end is no reason to move the focus
  }, [run.cancel]);

  const toggle = () => {
    if (!isShown) show?.(failures.map(({ conversationSid }) => conversationSid));
    setShown(!isShown);
  };
  const end = () => {
    // This goes, and in a worker's panel all of the hand-over.
    const heading = headingAround(cancel.current);
    dismissRun();
    heading?.focus();
  };
  return (
    <>
      <div className="line" data-testid="park-interaction-progress">
        <strong>{run.words}</strong>
        {!run.isOver && <progress max={run.total} value={run.total - run.left} aria-label={run.words} />}
        {failures.length > 0 && (
          <Button variant="secondary" size="small" aria-expanded={isShown} onClick={toggle}>
            {text('ParkInteractionBulkShow')}
          </Button>
        )}
        <span ref={cancel} className="end">
          {/* The same element with each label, so that it keeps the focus. */}
          <Button variant="secondary" size="small" onClick={run.isOver ? end : run.cancel}>
            {text(run.isOver ? 'ParkInteractionBulkClose' : 'ParkInteractionUntilCancel')}
          </Button>
        </span>
      </div>
      {isShown && (
        // It scrolls, so that the keyboard has to get there.
        <ul tabIndex={0} aria-label={run.words}>
          {failures.map(({ conversationSid, customer, text: reason }) => (
            <li key={conversationSid}>
              <b dir="auto" translate="no">
                {customer}
              </b>
              {': '}
              {reason}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
