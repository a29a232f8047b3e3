import * as React from 'react';

import type { ListView, ParkedList } from '../../list/parkedList';

/** Returns the list's view, and draws again when it changes. (React 17 has no `useSyncExternalStore`.) */
export function useListView(list: ParkedList): ListView {
  const [view, setView] = React.useState(() => list.view());
  React.useEffect(() => {
    const update = () => setView(list.view());
    // The list may have changed between the first drawing and this effect.
    update();
    return list.subscribe(update);
  }, [list]);
  return view;
}
