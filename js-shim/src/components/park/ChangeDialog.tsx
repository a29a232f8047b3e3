import * as React from 'react';

import type { Context } from '../../context';
import type { Form, FormView } from '../../core/generated/glue';
import { formatsOf } from '../../strings/format';
import { SheetDialog, shut, useDialogId } from './SheetDialog';
import { pickedTime, Times, type TimeDraft } from './Times';

/** The part of the action `ChangeParkedInteraction` that the agent chooses. */
export interface Change {
  /** In seconds since 1970. 0: none. */
  until?: number;
  keepTime?: boolean;
  reason?: string;
}

/** What the dialogs need of a parked conversation. */
export interface Changed {
  channel: string;
  data: {
    dueAt: number | null;
    keptUntil: number | null;
    customerWroteAt: number | null;
    reason: string | null;
    queueName?: string | null;
  };
}

interface Props {
  context: Context;
  /** The conversations to change. */
  rows: Changed[];
  anchor: React.RefObject<HTMLElement>;
  change: (change: Change) => void;
  close: () => void;
}

/** The dialog for another time. */
export function TimeDialog({ context, rows, anchor, change, close }: Props) {
  const { core, flex, manager } = context;
  const formats = formatsOf(manager);
  const { text } = formats;
  const id = useDialogId();
  const [draft, setDraft] = React.useState(() => presentTime(rows));
  const [hasTried, setTried] = React.useState(false);

  const read = (): Form => {
    const [choices, until, wrong, ...rest] = core.parkForm(viewOf(rows, draft));
    const times = choices.filter(([name]) => name !== 'reply');
    // The reason stays as it is.
    return [times, until, wrong === 'ParkInteractionUntilNoReason' ? null : wrong, ...rest];
  };
  const form = read();
  const [, , refused, latest] = form;
  const refusal = hasTried ? refused : null;
  const hasTime = rows.some(({ data }) => data.dueAt !== null);

  const save = (event: React.FormEvent) => {
    event.preventDefault();
    const [, until, wrong] = read();
    setTried(wrong !== null);
    if (wrong !== null || until === undefined) return;
    shut(event);
    change({ until, keepTime: draft.keepTime });
  };
  return (
    <SheetDialog {...{ anchor, close }} labelledBy={`${id}-title`} focus=":checked">
      <form noValidate onSubmit={save}>
        <h2 id={`${id}-title`}>{text('ParkInteractionChangeTime')}</h2>
        <Times
          {...{ formats, id, form, draft }}
          change={(changes) => setDraft({ ...draft, ...changes })}
          isInvalid={refusal !== null}
        />
        <p id={`${id}-refusal`} role="alert">
          {refusal && text(refusal, { time: formats.due(latest) })}
        </p>
        <div className="buttons">
          <flex.Button variant="secondary" size="small" type="button" onClick={shut}>
            {text('ParkInteractionUntilCancel')}
          </flex.Button>
          {hasTime && (
            <flex.Button
              variant="secondary"
              size="small"
              type="button"
              onClick={(event: React.MouseEvent) => {
                shut(event);
                change({ until: 0 });
              }}
            >
              {text('ParkInteractionChangeNoTime')}
            </flex.Button>
          )}
          <flex.Button variant="primary" size="small" type="submit">
            {text('ParkInteractionChangeSave')}
          </flex.Button>
        </div>
      </form>
    </SheetDialog>
  );
}

/** The dialog for another reason. */
export function ReasonDialog({ context, rows, anchor, change, close }: Props) {
  const { flex, manager } = context;
  const { text } = formatsOf(manager);
  const id = useDialogId();
  const [present] = new Set(rows.map(({ data }) => data.reason ?? ''));
  const isOne = rows.every(({ data }) => (data.reason ?? '') === present);
  const [reason, setReason] = React.useState(isOne ? present : '');
  const [reasons, isRequired] = reasonsFor(context, rows);
  const choices = isOne && present && !reasons.includes(present) ? [present, ...reasons] : reasons;
  const [hasTried, setTried] = React.useState(false);
  const isMissing = hasTried && isRequired && !reason;

  const save = (event: React.FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isRequired && !reason) return;
    shut(event);
    change({ reason });
  };
  return (
    <SheetDialog {...{ anchor, close }} labelledBy={`${id}-title`} focus="select">
      <form noValidate onSubmit={save}>
        <h2 id={`${id}-title`}>{text('ParkInteractionChangeReason')}</h2>
        <label>
          {text('ParkInteractionUntilReason')}
          <select
            required={isRequired}
            aria-invalid={isMissing}
            aria-describedby={`${id}-refusal`}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          >
            <option value="">–</option>
            {choices.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <p id={`${id}-refusal`} role="alert">
          {isMissing && text('ParkInteractionUntilNoReason')}
        </p>
        <div className="buttons">
          <flex.Button variant="secondary" size="small" type="button" onClick={shut}>
            {text('ParkInteractionUntilCancel')}
          </flex.Button>
          <flex.Button variant="primary" size="small" type="submit">
            {text('ParkInteractionChangeSave')}
          </flex.Button>
        </div>
      </form>
    </SheetDialog>
  );
}

/** Returns the reasons that the owner allows for all of the conversations, and whether one is required. */
export function reasonsFor({ core }: Pick<Context, 'core'>, rows: Changed[]): [reasons: string[], isRequired: boolean] {
  const byQueue = new Map(rows.map((row) => [row.data.queueName, row]));
  const forms = [...byQueue.values()].map((row) => core.parkForm(viewOf([row], FIRST)));
  const [first = [], ...others] = forms.map((form) => form[7]);
  return [first.filter((reason) => others.every((reasons) => reasons.includes(reason))), forms.some((form) => form[8])];
}

const FIRST: TimeDraft = { choice: 'tomorrow', picked: '', keepTime: false };

/** Returns the time to begin with: the present one of a single conversation. */
function presentTime(rows: Changed[]): TimeDraft {
  const [{ data } = { data: undefined }, ...others] = rows;
  if (!data?.dueAt || others.length) return FIRST;
  const local = data.dueAt - new Date(data.dueAt).getTimezoneOffset() * 60_000;
  return {
    choice: 'picked',
    picked: new Date(local).toISOString().slice(0, 16),
    keepTime: data.keptUntil !== null,
  };
}

/** Returns the view for the form. A window is that of a single conversation. */
function viewOf(rows: Changed[], draft: TimeDraft): FormView {
  const [row, ...others] = rows;
  const one = others.length ? undefined : row;
  const wroteAt = one?.data.customerWroteAt ?? null;
  return {
    task: {
      taskSid: undefined,
      status: undefined,
      channelType: one?.channel,
      queueName: row?.data.queueName ?? undefined,
      attributes: undefined,
    },
    messages: wroteAt === null ? [] : [[`${one?.channel}:`, wroteAt]],
    ...draft,
    picked: pickedTime(draft.picked),
    reason: '',
  };
}
