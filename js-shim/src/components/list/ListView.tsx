import * as React from 'react';

import type { Context } from '../../context';
import type { ListView as View, ParkedList } from '../../list/parkedList';
import { formatsOf } from '../../strings/format';
import { Frame, TITLE, type FrameProps } from './Frame';
import { ListTable } from './ListTable';
import { Tools } from './Tools';
import { useListView } from './useListView';

interface Props {
  context: Context;
  list: ParkedList;
}

/** The view of the agent's parked conversations. */
export function ListView({ context, list }: Props) {
  return <Frame {...ownFrame(context, list, useListView(list))} />;
}

/** Returns the parts of that view. */
export function ownFrame(context: Context, list: ParkedList, view: View): FrameProps {
  const formats = formatsOf(context.manager);
  const part = { context, list, view, formats };
  return {
    ...part,
    tools: (search) => view.total > 0 && <Tools {...part} search={search} />,
    table: (focus) => <ListTable {...part} labelledBy={TITLE} focus={focus} />,
    words: {
      loading: 'ParkInteractionListLoading',
      empty: formats.text('ParkInteractionListEmpty'),
      emptyHint: formats.text('ParkInteractionListEmptyHint', { park: formats.text('ParkInteractionButtonLabel') }),
      noMatchHint: 'ParkInteractionListNoMatchHint',
      clear: 'ParkInteractionListClear',
    },
    clear() {
      list.search('');
      list.filter(null);
    },
  };
}
