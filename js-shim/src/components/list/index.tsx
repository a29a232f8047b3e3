import * as React from 'react';

import type { Context } from '../../context';
import type { ParkedList } from '../../list/parkedList';
import { ListLink, type NavProps } from './ListLink';
import { ListView } from './ListView';

/** The view's name, and so its address in Flex: `/park-interaction`. */
export const VIEW = 'park-interaction';

/** The page, and the link to it. */
interface Place {
  Page: React.ComponentType;
  Link: React.ComponentType<NavProps>;
}

let place: Place;
const redraws = new Set<() => void>();

/** Shows something else in the place of the list and of its link. */
export function showInstead(other: Place): void {
  place = other;
  redraws.forEach((redraw) => redraw());
}

function usePlace(): Place {
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    redraws.add(redraw);
    return () => void redraws.delete(redraw);
  }, []);
  return place;
}

/** Adds the list of parked conversations: a link in the side navigation, and the view that it opens. */
export function addParkedList(context: Context, list: ParkedList): void {
  const { flex } = context;
  place = {
    Page: () => <ListView context={context} list={list} />,
    Link: (props) => <ListLink {...{ context, list }} viewName={VIEW} {...props} />,
  };
  flex.SideNav.Content.add(<PlacedLink key={VIEW} />);
  flex.ViewCollection.Content.add(
    <flex.View key={VIEW} name={VIEW}>
      <PlacedPage />
    </flex.View>,
  );
}

function PlacedPage() {
  const { Page } = usePlace();
  return <Page />;
}

function PlacedLink(props: NavProps) {
  const { Link } = usePlace();
  return <Link {...props} />;
}
