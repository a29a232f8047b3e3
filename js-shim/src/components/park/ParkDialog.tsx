import * as React from 'react';
import type { ITask } from '@twilio/flex-ui';

import type { Context } from '../../context';
import { authors, conversationOf } from '../../flex/conversation';
import { taskView } from '../../flex/task';
import { formatsOf } from '../../strings/format';
import { pickedTime, Times, type TimeDraft } from './Times';
import { Sheet } from './styles';

/** The most characters of a note, which Rust checks, and those from which the dialog counts them. */
const LONGEST_NOTE = 500;
const COUNTED = 400;
/** The choices name times relative to now, which passes while the dialog is open. */
const REFRESH_MS = 30_000;

/** The agent's input. */
export interface Draft extends TimeDraft {
  reason: string;
  note: string;
}

export const EMPTY: Draft = { choice: 'reply', picked: '', keepTime: false, reason: '', note: '' };

/** The appointment of the action `ParkInteraction`. */
export interface Appointment {
  /** In seconds since 1970. */
  until?: number;
  keepTime: boolean;
  reason: string;
  note: string;
}

interface Props {
  context: Context;
  task: ITask;
  /** The element under which the dialog opens. */
  anchor: React.RefObject<HTMLElement>;
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  close: () => void;
  park: (appointment: Appointment) => void;
}

/** The dialog in which an agent chooses until when to park, and why. The browser keeps the focus inside, and returns it at the end. */
export function ParkDialog({ context, task, anchor, draft, change, close, park }: Props) {
  const { flex, manager, core } = context;
  const formats = formatsOf(manager);
  const { text } = formats;
  const id = `park-interaction-${task.sid}`;
  const dialog = React.useRef<HTMLDialogElement>(null);
  const [hasTried, setTried] = React.useState(false);
  const [, refresh] = React.useReducer((count: number) => count + 1, 0);

  const read = () =>
    core.parkForm({
      task: taskView(task),
      messages: authors(conversationOf(manager.store.getState(), task)),
      ...draft,
      picked: pickedTime(draft.picked),
    });
  const form = read();
  const [, , refused, latest, , , , reasons, isReasonRequired] = form;

  React.useEffect(() => {
    const { current } = dialog;
    if (!current) return undefined;
    // Escape closes it too.
    current.addEventListener('close', close);
    current.showModal();
    current.querySelector<HTMLElement>(':checked')?.focus();
    const timer = setInterval(refresh, REFRESH_MS);
    return () => clearInterval(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once: `close` does the same on every call
  }, []);
  React.useEffect(() => {
    if (hasTried) dialog.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [hasTried]);

  const hasTime = draft.choice !== 'reply';
  const submit = (event: React.SyntheticEvent) => {
    event.preventDefault();
    const [, until, wrong] = read();
    setTried(wrong !== null);
    if (wrong !== null) return;
    dialog.current?.close();
    const { reason, note, keepTime } = draft;
    park({ until, keepTime: keepTime && hasTime, reason, note });
  };
  const keyDown = (event: React.KeyboardEvent) => {
    // The shortcuts of Flex are for the page, which the dialog covers.
    event.stopPropagation();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
  };

  const refusal = hasTried ? refused : null;
  const isReasonMissing = refusal === 'ParkInteractionUntilNoReason';
  const { length } = draft.note;
  return (
    <Sheet
      ref={dialog}
      style={placeBelow(anchor.current)}
      aria-labelledby={`${id}-title`}
      onKeyDown={keyDown}
      onMouseDown={({ target }: React.MouseEvent) => target === dialog.current && dialog.current?.close()}
    >
      <form noValidate onSubmit={submit}>
        <h2 id={`${id}-title`}>{text('ParkInteractionUntil')}</h2>
        <Times {...{ formats, id, form, draft, change }} isInvalid={refusal !== null && !isReasonMissing} />
        {reasons.length > 0 && (
          <label>
            {text('ParkInteractionUntilReason')}
            <select
              required={isReasonRequired}
              aria-invalid={isReasonMissing}
              aria-describedby={`${id}-refusal`}
              value={draft.reason}
              onChange={({ target }) => change({ reason: target.value })}
            >
              <option value="">–</option>
              {reasons.map((reason) => (
                <option key={reason}>{reason}</option>
              ))}
            </select>
          </label>
        )}
        <label>
          {text('ParkInteractionUntilNote')}
          <textarea
            rows={3}
            maxLength={LONGEST_NOTE}
            aria-describedby={`${id}-left`}
            value={draft.note}
            onChange={({ target }) => change({ note: target.value })}
          />
        </label>
        <p id={`${id}-left`} className="hint">
          {length >= COUNTED && `${length} / ${LONGEST_NOTE}`}
        </p>
        <p id={`${id}-refusal`} role="alert">
          {refusal && text(refusal, { time: formats.due(latest) })}
        </p>
        <div className="buttons">
          <flex.Button variant="secondary" size="small" type="button" onClick={() => dialog.current?.close()}>
            {text('ParkInteractionUntilCancel')}
          </flex.Button>
          <flex.Button variant="primary" size="small" type="submit">
            {text('ParkInteractionButtonLabel')}
          </flex.Button>
        </div>
      </form>
    </Sheet>
  );
}

/** Returns the place of the form in the dialog, which covers the window: below an element, and higher where it has no room. */
export function placeBelow(element: HTMLElement | null): React.CSSProperties {
  const { bottom = 0, right = 0 } = element?.getBoundingClientRect() ?? {};
  return {
    gridTemplateRows: `minmax(0, ${bottom - 4}px) min-content 1fr`,
    padding: `8px 8px 8px max(8px, ${right}px - 24rem)`,
  };
}
