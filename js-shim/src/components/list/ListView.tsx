import * as React from 'react';

import type { Context } from '../../context';
import type { ListView as View, ParkedList } from '../../list/parkedList';
import { formatsOf, type Formats } from '../../strings/format';
import { Announcer } from './Announcer';
import { ListTable } from './ListTable';
import { Failed, Nothing, Offline, Skeleton } from './states';
import { Sheet } from './styles';
import { Tools } from './Tools';
import { useKeptFocus } from './useKeptFocus';
import { useListView } from './useListView';

/** The properties of every part of the view. */
export interface Part {
  context: Context;
  list: ParkedList;
  view: View;
  formats: Formats;
}

/** The view of the parked conversations. */
export function ListView({ context, list }: Pick<Part, 'context' | 'list'>) {
  const view = useListView(list);
  const formats = formatsOf(context.manager);
  const heading = React.useRef<HTMLHeadingElement>(null);
  const search = React.useRef<HTMLInputElement>(null);
  const focus = useKeptFocus(list, view.matching, heading);
  const part = { context, list, view, formats };

  // A button that disappears after its click passes the focus on.
  const retry = () => {
    heading.current?.focus();
    list.retry();
  };
  const clear = () => {
    search.current?.focus();
    list.search('');
    list.filter(null);
  };

  return (
    <Sheet aria-labelledby={TITLE}>
      <header>
        <h1 id={TITLE} ref={heading} tabIndex={-1} onFocus={focus.release}>
          {formats.text('ParkInteractionListTitle')}
        </h1>
        <Count {...part} />
        {view.total > 0 && <Tools {...part} search={search} />}
      </header>
      {view.status === 'offline' && <Offline {...part} />}
      <Content {...part} focus={focus} onRetry={retry} onClear={clear} />
      <Announcer {...part} />
    </Sheet>
  );
}

const TITLE = 'park-interaction-list-title';

interface ContentProps extends Part {
  focus: ReturnType<typeof useKeptFocus>;
  onRetry: () => void;
  onClear: () => void;
}

function Content({ focus, onRetry, onClear, ...part }: ContentProps) {
  const { status, total, matching, reading } = part.view;
  const { text } = part.formats;
  if (status === 'loading') return <Skeleton {...part} />;
  if (status === 'failed') return <Failed {...part} onRetry={onRetry} />;
  if (matching > 0) return <ListTable {...part} labelledBy={TITLE} focus={focus} />;
  if (total > 0) {
    return (
      <Nothing
        {...part}
        icon="Search"
        title={text('ParkInteractionListNoMatch')}
        hint={text('ParkInteractionListNoMatchHint')}
      >
        <part.context.flex.Button variant="secondary" size="small" onClick={onClear}>
          {text('ParkInteractionListClear')}
        </part.context.flex.Button>
      </Nothing>
    );
  }
  if (status === 'offline' || reading) return <Skeleton {...part} />;
  return (
    <Nothing
      {...part}
      icon="HoldLarge"
      title={text('ParkInteractionListEmpty')}
      hint={text('ParkInteractionListEmptyHint', { park: text('ParkInteractionButtonLabel') })}
    />
  );
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
