import * as React from 'react';

import type { Context } from '../../context';
import type { ParkedList } from '../../list/parkedList';
import { formatsOf } from '../../strings/format';
import { useListView } from './useListView';

/** What Flex gives to every link of the side navigation. */
export interface NavProps {
  activeView?: string;
  /** Whether the navigation is expanded. */
  showLabel?: boolean;
}

interface Props {
  context: Context;
  list: ParkedList;
  viewName: string;
}

/** The link in the side navigation, with how many conversations are parked. */
export function ListLink({ context, list, viewName, activeView, showLabel }: Props & NavProps) {
  const { flex, manager } = context;
  const { total } = useListView(list);
  const formats = formatsOf(manager);
  const title = formats.text('ParkInteractionListTitle');
  // Flex's type for a link's properties leaves out those of the button that it draws.
  const named = { 'aria-label': `${title}, ${formats.plural('ParkInteractionListCount', total)}` };
  return (
    <flex.SideLink
      {...named}
      icon="HoldLarge"
      iconActive="HoldLargeBold"
      isActive={activeView === viewName}
      showLabel={showLabel}
      onClick={() => void flex.Actions.invokeAction('NavigateToView', { viewName })}
      Badge={{ children: total, max: 99 }}
    >
      {title}
    </flex.SideLink>
  );
}
