import * as React from 'react';

interface Viewed<View> {
  subscribe(listener: () => void): () => void;
  view(): View;
}

/** Returns the view of a list, and draws again when it changes. (React 17 has no `useSyncExternalStore`.) */
export function useListView<View>(list: Viewed<View>): View {
  const [, draw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    // The list may have changed between the first drawing and this effect.
    draw();
    return list.subscribe(draw);
  }, [list]);
  return list.view();
}
