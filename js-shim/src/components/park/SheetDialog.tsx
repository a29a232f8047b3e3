import * as React from 'react';

import { placeBelow } from './ParkDialog';
import { Sheet } from './styles';

interface Props {
  /** The element under which the dialog opens. */
  anchor: React.RefObject<HTMLElement>;
  /** The id of its title. */
  labelledBy: string;
  /** Called when it has closed, by whatever means. */
  close: () => void;
  /** What begins with the focus: the first match. */
  focus?: string;
}

/** A dialog below an element. The browser keeps the focus inside, and returns it at the end. */
export function SheetDialog({ anchor, labelledBy, close, focus = 'button', children }: React.PropsWithChildren<Props>) {
  const dialog = React.useRef<HTMLDialogElement>(null);

  React.useEffect(() => {
    const { current } = dialog;
    const heading = headingAround(current?.parentElement);
    // Escape closes it too.
    current?.addEventListener('close', close);
    current?.showModal();
    current?.querySelector<HTMLElement>(focus)?.focus();
    return () => {
      // What it is about has gone, and with it the dialog: the browser would pass the focus to nothing.
      if (current?.open) queueMicrotask(() => heading?.focus());
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once: `close` does the same on every call
  }, []);
  return (
    <Sheet
      ref={dialog}
      style={{ ...placeBelow(anchor.current), ...WORDS }}
      aria-labelledby={labelledBy}
      // Neither the rows nor the shortcuts of Flex take keys of the dialog.
      onKeyDown={(event: React.KeyboardEvent) => event.stopPropagation()}
      // The row behind it takes no clicks either.
      onClick={(event: React.MouseEvent) => event.stopPropagation()}
      onMouseDown={(event: React.MouseEvent) => {
        event.stopPropagation();
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      {children}
    </Sheet>
  );
}

const WORDS: React.CSSProperties = { textAlign: 'start', whiteSpace: 'normal', overflowWrap: 'anywhere' };

/** Closes the dialog in which an event has happened. */
export const shut = ({ currentTarget }: React.SyntheticEvent): void => currentTarget.closest('dialog')?.close();

/** Returns the heading of the view, or of the panel's section, around an element: it takes the focus from what goes. */
export function headingAround(element: Element | null | undefined): HTMLElement | null {
  const around = element?.closest('section[aria-labelledby]');
  return document.getElementById(around?.getAttribute('aria-labelledby') ?? '');
}

let made = 0;

/** Returns an id for the elements of one dialog. */
export const useDialogId = (): string => React.useState(() => `park-interaction-dialog-${(made += 1)}`)[0];
