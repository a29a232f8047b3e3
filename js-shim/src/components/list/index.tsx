import * as React from 'react';

import type { Context } from '../../context';
import type { ParkedList } from '../../list/parkedList';
import { ListLink } from './ListLink';
import { ListView } from './ListView';

/** The view's name, and so its address in Flex: `/park-interaction`. */
const VIEW = 'park-interaction';

/** Adds the list of parked conversations: a link in the side navigation, and the view that it opens. */
export function addParkedList(context: Context, list: ParkedList): void {
  const { flex } = context;
  flex.SideNav.Content.add(<ListLink key={VIEW} context={context} list={list} viewName={VIEW} />);
  flex.ViewCollection.Content.add(
    <flex.View key={VIEW} name={VIEW}>
      <ListView context={context} list={list} />
    </flex.View>,
  );
}
