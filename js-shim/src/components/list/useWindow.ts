import * as React from 'react';

/** The layout of a row: the number of its lines depends on the available width, and in a low window there are two short ones. */
export type Layout = 'low' | 'wide' | 'medium' | 'narrow';

/** The layouts with their least widths and the heights of their rows, in rem: larger text gets larger rows. */
const LAYOUTS: { layout: Layout; from: number; rowHeight: number }[] = [
  { layout: 'low', from: 30, rowHeight: 2.75 },
  { layout: 'wide', from: 64, rowHeight: 4 },
  { layout: 'medium', from: 38, rowHeight: 7 },
  { layout: 'narrow', from: 0, rowHeight: 10 },
];

/** A window so low, such as one at 200 % zoom, that the header gives way to the rows. */
export const LOW = '(max-height: 30rem)';

/** The number of rows that are drawn beyond either edge, so that scrolling and the Tab key always find the next row. */
const BEYOND = 4;

/** The part in sight of a scrolled element. */
interface Sight {
  layout: Layout;
  /** In pixels. */
  rowHeight: number;
  /** The row at the upper edge. */
  first: number;
  /** The number of rows in sight, partly visible ones included. */
  room: number;
}

export interface Window {
  layout: Layout;
  /** In pixels. */
  rowHeight: number;
  /** The first row to draw. */
  from: number;
  /** The row before which drawing ends. */
  to: number;
  /** Handles a scroll of the element. */
  look: () => void;
}

/** Returns the range of `count` rows of one height that is in sight in `scroller`. */
export function useWindow(scroller: React.RefObject<HTMLElement>, count: number): Window {
  const [sight, setSight] = React.useState<Sight>({ layout: 'wide', rowHeight: 0, first: 0, room: 0 });
  const look = React.useCallback(() => {
    if (!scroller.current) return;
    const now = sightOf(scroller.current);
    setSight((before) => (isSame(before, now) ? before : now));
  }, [scroller]);

  React.useLayoutEffect(() => {
    if (!scroller.current) return undefined;
    // The observer reports the size at once, before the browser paints.
    const observer = new ResizeObserver(look);
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [scroller, look]);

  const { layout, rowHeight, first, room } = sight;
  const from = Math.max(0, Math.min(first, count - room) - BEYOND);
  return { layout, rowHeight, from, to: Math.min(count, first + room + BEYOND), look };
}

function sightOf({ clientWidth, clientHeight, scrollTop }: HTMLElement): Sight {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const isLow = matchMedia(LOW).matches;
  const fits = ({ layout, from }: (typeof LAYOUTS)[number]) => clientWidth >= from * rem && (isLow || layout !== 'low');
  const { layout, rowHeight } = LAYOUTS.find(fits) ?? LAYOUTS[1];
  const height = rowHeight * rem;
  return {
    layout,
    rowHeight: height,
    first: Math.floor(scrollTop / height),
    room: Math.ceil(clientHeight / height) + 1,
  };
}

const isSame = (one: Sight, other: Sight): boolean =>
  one.layout === other.layout &&
  one.rowHeight === other.rowHeight &&
  one.first === other.first &&
  one.room === other.room;
