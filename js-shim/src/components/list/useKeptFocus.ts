import * as React from 'react';

import type { Source } from './part';

/** The row that has the keyboard's focus. */
export interface Place {
  conversationSid: string;
  index: number;
  /** The selector of the control that has it, if every row has that control. */
  control?: string;
}

export interface KeptFocus {
  /** The row that has the focus, or gets it once it is drawn. */
  place: Place | null;
  /** Properties of the element around the rows. */
  rows: {
    ref: React.RefObject<HTMLDivElement>;
    onFocus: (event: React.FocusEvent) => void;
    onBlur: (event: React.FocusEvent) => void;
    onKeyDown: (event: React.KeyboardEvent) => void;
  };
  /** Lets go of the row. */
  release: () => void;
}

/** The number of rows that the Page keys move by. */
const PAGE = 10;

const RESUME = '.action > button:first-child';
const MENU = '.action [aria-haspopup="menu"]';

/** The controls that every row has: the arrow keys stay in them. */
const CONTROLS = ['.pick input', RESUME, MENU];

/**
 * Keeps the keyboard's focus in the list while rows come and go, and lets arrow keys move it.
 *
 * The focus stays with its row when that moves. When the row disappears, the row in its place gets the focus, or else the last
 * row, or else the heading. It stays in the same control: a key that has selected one row must not resume another. `count` is the
 * number of rows.
 */
export function useKeptFocus(list: Source, count: number, heading: React.RefObject<HTMLElement>): KeptFocus {
  const [held, setHeld] = React.useState<Place | null>(null);
  const place = held && now(held, list, count);
  if (place?.index !== held?.index || place?.conversationSid !== held?.conversationSid) setHeld(place);

  const around = React.useRef<HTMLDivElement>(null);
  React.useLayoutEffect(() => {
    if (!place) return;
    const row = around.current?.querySelector(`[data-index="${place.index}"]`);
    if (!row) heading.current?.focus();
    else if (!row.contains(document.activeElement)) row.querySelector<HTMLElement>(place.control ?? RESUME)?.focus();
  });

  const moveTo = (index: number) => {
    const [row] = list.rows(index, index + 1);
    // From a button that the other row may not have, to one that does nothing by itself.
    if (row) setHeld({ conversationSid: row.conversationSid, index, control: place?.control ?? MENU });
  };
  return {
    place,
    rows: {
      ref: around,
      onFocus: ({ target }) => {
        const row = target.closest<HTMLElement>('[data-conversation]');
        if (!row) return;
        const { conversation = '', index } = row.dataset;
        const control = CONTROLS.find((one) => target.matches(one));
        setHeld({ conversationSid: conversation, index: Number(index), control });
      },
      onBlur: ({ target }) => {
        // When the whole window loses the focus, the element keeps it for later.
        if (document.activeElement !== target) setHeld(null);
      },
      onKeyDown: (event) => {
        // A key that is still held down when its row disappears must not resume the next one too.
        if (event.key === 'Enter' && event.repeat) event.preventDefault();
        const to = place && destination(event.key, place.index);
        if (to === null) return;
        event.preventDefault();
        moveTo(Math.max(0, Math.min(to, count - 1)));
      },
    },
    release: () => setHeld(null),
  };
}

/** Returns the row at its current index, or the row in its place. The index is -1 if there are no rows. */
function now(held: Place, list: Source, count: number): Place {
  const index = list.indexOf(held.conversationSid);
  if (index !== null) return { ...held, index };
  const next = Math.min(held.index, count - 1);
  const [row] = next < 0 ? [] : list.rows(next, next + 1);
  return { ...held, conversationSid: row?.conversationSid ?? '', index: row ? next : -1 };
}

function destination(key: string, index: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return index + 1;
    case 'ArrowUp':
      return index - 1;
    case 'PageDown':
      return index + PAGE;
    case 'PageUp':
      return index - PAGE;
    case 'Home':
      return 0;
    case 'End':
      return Infinity;
    default:
      return null;
  }
}
