import * as React from 'react';
import { withTheme } from '@twilio/flex-ui';

import type { Context } from '../../context';
import type { ParkedList } from '../../list/parkedList';
import { formatsOf } from '../../strings/format';
import { SEEN_IF_FORCED, type Tokens } from './styles';
import { useListView } from './useListView';

/** The properties that Flex passes to every link of the side navigation. */
export interface NavProps {
  activeView?: string;
  /** True while the navigation is expanded. */
  showLabel?: boolean;
}

interface Themed {
  theme: { tokens: Tokens };
}

interface Props {
  context: Context;
  list: ParkedList;
  viewName: string;
}

/** The link in the side navigation, with the number of parked conversations, in the warning colour while a message is unheard. */
function Link({ context, list, viewName, activeView, showLabel, theme }: Props & NavProps & Themed) {
  const { flex, manager } = context;
  const { total, unheard } = useListView(list);
  const formats = formatsOf(manager);
  const title = formats.text('ParkInteractionListTitle');
  const names = [title, formats.plural('ParkInteractionListCount', total)];
  if (unheard > 0) names.push(formats.text('ParkInteractionListUnheard', { count: unheard }));
  // Flex's type for a link's properties leaves out those of the button that it draws.
  const named = { 'aria-label': names.join(', ') };
  return (
    <flex.SideLink
      {...named}
      icon="HoldLarge"
      iconActive="HoldLargeBold"
      isActive={activeView === viewName}
      showLabel={showLabel}
      onClick={() => void flex.Actions.invokeAction('NavigateToView', { viewName })}
      Badge={{ children: total, max: 99, themeOverride: { InnerCircle: badgeStyle(theme.tokens, unheard > 0) } }}
    >
      {title}
    </flex.SideLink>
  );
}

export const ListLink = withTheme(Link);

/** The badge's colours. Flex's own are white on red, which would alarm without a reason. */
const badgeStyle = ({ backgroundColors: background, textColors: text }: Tokens, isWarning: boolean) =>
  isWarning
    ? {
        background: background.colorBackgroundWarning,
        color: background.colorBackgroundBodyInverse,
        outline: SEEN_IF_FORCED,
      }
    : { background: background.colorBackgroundInverseStronger, color: text.colorTextInverse };
