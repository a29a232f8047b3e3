import * as React from 'react';

import type { ParkedTeam } from '../../../team/parkedTeam';

/** The modifiers of a click or a key. */
type Modifiers = Pick<React.MouseEvent | React.KeyboardEvent, 'shiftKey' | 'ctrlKey' | 'metaKey'>;

/** A click on a row. */
type Click = Modifiers & { currentTarget?: Element };

/** The selected rows. They are known by their conversations, so that live changes keep them. */
export interface Selection {
  isSelected: (conversationSid: string) => boolean;
  count: number;
  /** The selected conversations, in the order of the rows. */
  keys: () => string[];
  /** Handles a click on a row: alone it selects only this one, with Ctrl or Cmd this one too, with Shift all from the last one to it. */
  select: (event: Click, index: number) => void;
  /** Selects a row too, or no more. */
  toggle: (index: number) => void;
  /** Selects all rows that match. */
  all: () => void;
  clear: () => void;
  /** Selects these only. */
  only: (conversationSids: string[]) => void;
  /** Handles a key in the rows. */
  keyDown: (event: React.KeyboardEvent) => void;
}

const NONE: ReadonlySet<string> = new Set();

/** The selection among the rows that match. A row that goes, or does not match any more, is not selected any more. */
export function useSelection(team: ParkedTeam): Selection {
  const [selected, setSelected] = React.useState(NONE);
  /** The row from which Shift selects. */
  const anchor = React.useRef<string>();

  React.useEffect(
    () =>
      team.subscribe(() =>
        setSelected((before) => {
          if (!before.size) return before;
          const present = new Set(team.keys());
          const after = new Set([...before].filter((key) => present.has(key)));
          return after.size === before.size ? before : after;
        }),
      ),
    [team],
  );

  const change = (keys: Iterable<string>) => setSelected(new Set(keys));
  const toggle = (index: number) => {
    const key = team.keys()[index];
    if (key === undefined) return;
    anchor.current = key;
    change(selected.has(key) ? [...selected].filter((one) => one !== key) : [...selected, key]);
  };
  /** Selects all rows from the anchor to another one. */
  const reach = (index: number, others: Iterable<string>) => {
    const keys = team.keys();
    const to = Math.max(0, Math.min(index, keys.length - 1));
    const found = anchor.current === undefined ? -1 : keys.indexOf(anchor.current);
    const from = found < 0 ? to : found;
    anchor.current = keys[from];
    change([...others, ...keys.slice(Math.min(from, to), Math.max(from, to) + 1)]);
  };
  const all = () => change(team.keys());
  const clear = () => {
    anchor.current = undefined;
    change([]);
  };

  return {
    isSelected: (key) => selected.has(key),
    count: selected.size,
    keys: () => team.keys().filter((key) => selected.has(key)),
    select({ shiftKey, ctrlKey, metaKey, currentTarget }, index) {
      // The keyboard goes on from there.
      currentTarget?.querySelector<HTMLElement>('[type="checkbox"]')?.focus();
      const adds = ctrlKey || metaKey;
      if (shiftKey) reach(index, adds ? selected : []);
      else if (adds) toggle(index);
      else {
        anchor.current = team.keys()[index];
        change(team.keys().slice(index, index + 1));
      }
    },
    toggle,
    all,
    clear,
    only: change,
    keyDown(event) {
      const { key, shiftKey, ctrlKey, metaKey } = event;
      const row = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
      const index = row && Number(row.dataset.index);
      if (key.toLowerCase() === 'a' && (ctrlKey || metaKey)) all();
      else if (key === 'Escape' && selected.size) clear();
      else if (index === null) return;
      else if (shiftKey && (key === 'ArrowDown' || key === 'ArrowUp')) {
        if (anchor.current === undefined) anchor.current = team.keys()[index];
        reach(key === 'ArrowDown' ? index + 1 : index - 1, []);
        // The focus moves too, but not the page.
        return event.preventDefault();
      } else return;
      event.preventDefault();
      // Flex has shortcuts of its own.
      event.stopPropagation();
    },
  };
}
