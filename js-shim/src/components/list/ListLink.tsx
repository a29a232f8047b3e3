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

interface ViewLinkProps extends NavProps {
  context: Context;
  viewName: string;
  /** The number in the badge. */
  count: number;
  /** True if the badge has the warning colour. */
  isWarning: boolean;
  /** What the link says beside its title. */
  says: string[];
}

function Themeless(props: ViewLinkProps & Themed) {
  const { context, viewName, count, isWarning, says, activeView, showLabel, theme } = props;
  const { flex, manager } = context;
  const title = formatsOf(manager).text('ParkInteractionListTitle');
  // Flex's type for a link's properties leaves out those of the button that it draws.
  const named = { 'aria-label': [title, ...says].join(', ') };
  return (
    <flex.SideLink
      {...named}
      icon="HoldLarge"
      iconActive="HoldLargeBold"
      isActive={activeView === viewName}
      showLabel={showLabel}
      onClick={() => void flex.Actions.invokeAction('NavigateToView', { viewName })}
      Badge={{ children: count, max: 99, themeOverride: { InnerCircle: badgeStyle(theme.tokens, isWarning) } }}
    >
      {title}
    </flex.SideLink>
  );
}

/** A link in the side navigation with a number. */
export const ViewLink = withTheme(Themeless) as React.ComponentType<ViewLinkProps>;

interface Props extends NavProps {
  context: Context;
  list: ParkedList;
  viewName: string;
}

/** The link in the side navigation, with the number of parked conversations, in the warning colour while a message is unheard. */
export function ListLink({ list, ...props }: Props) {
  const { total, unheard } = useListView(list);
  const { text, plural } = formatsOf(props.context.manager);
  const says = [plural('ParkInteractionListCount', total)];
  if (unheard > 0) says.push(text('ParkInteractionListUnheard', { count: unheard }));
  return <ViewLink {...props} count={total} isWarning={unheard > 0} says={says} />;
}

/** The badge's colours. Flex's own are white on red, which would alarm without a reason. */
const badgeStyle = ({ backgroundColors: background, textColors: text }: Tokens, isWarning: boolean) =>
  isWarning
    ? {
        background: background.colorBackgroundWarning,
        color: background.colorBackgroundBodyInverse,
        outline: SEEN_IF_FORCED,
      }
    : { background: background.colorBackgroundInverseStronger, color: text.colorTextInverse };
