import * as React from 'react';

import type { Choice, ChoiceName, Form } from '../../core/generated/glue';
import type { Formats } from '../../strings/format';

/** The agent's choice of a time. */
export interface TimeDraft {
  choice: ChoiceName;
  /** The value of the input for a time, such as `2026-05-12T09:00`. */
  picked: string;
  keepTime: boolean;
}

interface Props {
  formats: Formats;
  /** The beginning of the ids: that of the title, and that of the refusal. */
  id: string;
  form: Form;
  draft: TimeDraft;
  change: (changes: Partial<TimeDraft>) => void;
  /** True if the time cannot be taken, as the refusal says. */
  isInvalid: boolean;
}

/** The choices of a time, and whether it stands even if the customer writes. */
export function Times({ formats, id, form, draft, change, isInvalid }: Props) {
  const { text } = formats;
  const [choices, , , , suggested, windowOf, isWindowClosed] = form;
  const channel = windowOf ? text(windowOf) : '';
  const hasTime = draft.choice !== 'reply';
  const choose = (choice: ChoiceName) =>
    change({ choice, picked: draft.picked || new Date(suggested).toISOString().slice(0, 16) });
  return (
    <>
      <div role="radiogroup" aria-labelledby={`${id}-title`} className="choices">
        {choices.map(([name, at, ...wait]) => (
          <label key={name} className="option">
            <input type="radio" name={id} checked={draft.choice === name} onChange={() => choose(name)} />
            <span>{labelOf([name, at, ...wait], channel, formats)}</span>
            {at !== undefined && <time dateTime={new Date(at).toISOString()}>{formats.due(at)}</time>}
          </label>
        ))}
      </div>
      {draft.choice === 'picked' && (
        <input
          type="datetime-local"
          aria-label={text('ParkInteractionUntilPicked')}
          aria-invalid={isInvalid}
          aria-describedby={`${id}-refusal`}
          value={draft.picked}
          onChange={({ target }) => change({ picked: target.value })}
        />
      )}
      {isWindowClosed && <p className="hint">{text('ParkInteractionUntilWindowClosed', { channel })}</p>}
      <label className="option">
        <input
          type="checkbox"
          disabled={!hasTime}
          checked={draft.keepTime && hasTime}
          onChange={({ target }) => change({ keepTime: target.checked })}
        />
        <span>{text('ParkInteractionUntilKeep')}</span>
      </label>
    </>
  );
}

function labelOf(
  [name, at = 0, value, unit]: Choice,
  channel: string,
  { text, relative, tomorrow, onWeekday }: Formats,
): string {
  if (value && unit) return relative({ value, unit, numeric: 'always' });
  switch (name) {
    case 'reply':
      return text('ParkInteractionUntilReply');
    case 'tomorrow':
      return tomorrow(at);
    case 'monday':
      return onWeekday(at);
    case 'window':
      return text('ParkInteractionUntilWindow', { channel });
    default:
      return text('ParkInteractionUntilPicked');
  }
}

/** Returns the instant of a picked time for the core: a local time, as if the zone were UTC. */
export const pickedTime = (picked: string): number | null => (picked ? Date.parse(`${picked}Z`) : null);
