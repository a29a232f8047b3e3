import * as React from 'react';

import type { Key } from '../../strings';
import { Announcer } from './Announcer';
import type { Part } from './part';
import { Failed, Nothing, Offline, Skeleton } from './states';
import { Sheet } from './styles';
import { useKeptFocus, type KeptFocus } from './useKeptFocus';

/** The id of the view's heading. */
export const TITLE = 'park-interaction-list-title';

export interface FrameProps extends Part {
  /** The view's element. */
  sheet?: typeof Sheet;
  /** The part of the header behind the title. */
  beside?: React.ReactNode;
  /** The search. */
  tools: (search: React.Ref<HTMLInputElement>) => React.ReactNode;
  /** The part below the header. */
  notes?: React.ReactNode;
  table: (focus: KeptFocus) => React.ReactNode;
  /** The texts about no rows. */
  words: { loading: Key; empty: string; emptyHint: string; noMatchHint: Key; clear: Key };
  /** Takes the search and the filters away. */
  clear: () => void;
}

/** A view of rows: the header, and below it the rows or the reason for which there are none. */
export function Frame({ sheet: Element = Sheet, beside, tools, notes, table, words, clear, ...part }: FrameProps) {
  const { list, view, formats } = part;
  const heading = React.useRef<HTMLHeadingElement>(null);
  const search = React.useRef<HTMLInputElement>(null);
  const focus = useKeptFocus(list, view.matching, heading);

  // A button that disappears after its click passes the focus on.
  const retry = () => {
    heading.current?.focus();
    list.retry();
  };
  const clearAll = () => {
    search.current?.focus();
    clear();
  };
  return (
    <Element aria-labelledby={TITLE}>
      <header>
        <h1 id={TITLE} ref={heading} tabIndex={-1} onFocus={focus.release}>
          {formats.text('ParkInteractionListTitle')}
        </h1>
        {beside}
        <Count {...part} />
        {tools(search)}
      </header>
      {notes}
      {view.status === 'offline' && <Offline {...part} />}
      <Content {...part} words={words} onRetry={retry} onClear={clearAll}>
        {() => table(focus)}
      </Content>
      <Announcer {...part} />
    </Element>
  );
}

interface ContentProps extends Part {
  words: FrameProps['words'];
  onRetry: () => void;
  onClear: () => void;
  children: () => React.ReactNode;
}

function Content({ words, onRetry, onClear, children, ...part }: ContentProps) {
  const { status, total, matching, reading } = part.view;
  const { text } = part.formats;
  if (status === 'loading') return <Skeleton {...part} label={text(words.loading)} />;
  if (status === 'failed') return <Failed {...part} onRetry={onRetry} />;
  if (matching > 0) return <>{children()}</>;
  if (total > 0) {
    return (
      <Nothing {...part} icon="Search" title={text('ParkInteractionListNoMatch')} hint={text(words.noMatchHint)}>
        <part.context.flex.Button variant="secondary" size="small" onClick={onClear}>
          {text(words.clear)}
        </part.context.flex.Button>
      </Nothing>
    );
  }
  if (status === 'offline' || reading) return <Skeleton {...part} label={text(words.loading)} />;
  return <Nothing {...part} icon="HoldLarge" title={words.empty} hint={words.emptyHint} />;
}

/** The number of conversations, or of those that match, beside the title. */
function Count({ view, formats }: Part) {
  const { status, total, matching, reading } = view;
  if (status === 'loading' || status === 'failed' || total === 0) return null;
  const found = matching < total;
  return (
    <p className="count">
      {found
        ? formats.text('ParkInteractionListMatching', { count: matching, total })
        : formats.plural('ParkInteractionListCount', total)}
      {reading && <> · {formats.text('ParkInteractionListReading')}</>}
    </p>
  );
}
