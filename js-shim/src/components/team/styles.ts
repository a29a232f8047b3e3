import { styled } from '@twilio/flex-ui';

import { SEEN_IF_FORCED, Sheet, type Tokens } from '../list/styles';
import { LOW } from '../list/useWindow';

/** The view's element with the style of what only the team's view has. */
export const TeamSheet = styled(Sheet)((props) =>
  team((props as unknown as { theme: { tokens: Tokens } }).theme.tokens),
) as unknown as typeof Sheet;

const team = ({
  backgroundColors: background,
  borderColors: border,
  boxShadows,
  fontSizes,
  fontWeights,
  radii,
  spacings,
  textColors: text,
}: Tokens): string => `
  .scopes {
    display: flex;
    border: 1px solid ${border.colorBorder};
    border-radius: ${radii.borderRadius20};
  }
  .scopes label {
    position: relative;
    cursor: pointer;
  }
  .scopes input {
    position: absolute;
    inset: 0;
    width: auto;
    height: auto;
    margin: 0;
    opacity: 0;
    cursor: inherit;
  }
  .scopes span {
    display: block;
    padding: ${spacings.space20} ${spacings.space40};
    border-radius: ${radii.borderRadius20};
    white-space: nowrap;
  }
  .scopes label:hover span {
    background: ${background.colorBackground};
  }
  .scopes :checked + span,
  .toggle[aria-pressed='true'] {
    background: ${background.colorBackgroundPrimaryWeakest};
    color: ${text.colorTextLink};
    font-weight: ${fontWeights.fontWeightSemibold};
    outline: ${SEEN_IF_FORCED};
    outline-offset: -2px;
    box-shadow: inset 0 0 0 1px ${border.colorBorderPrimary};
  }
  .scopes :focus-visible + span,
  .toggle:focus-visible {
    outline: ${SEEN_IF_FORCED};
    outline-offset: 2px;
    box-shadow: ${boxShadows.shadowFocus};
  }

  .filters {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: ${spacings.space30};
  }
  .choice {
    position: relative;
    display: flex;
    align-items: center;
    flex: 0 1 11rem;
    min-width: 7rem;
    color: ${text.colorTextIcon};
  }
  .choice .Twilio-Icon {
    position: absolute;
    right: ${spacings.space20};
    pointer-events: none;
  }
  .choice select,
  .toggle {
    height: 2rem;
  }
  .chosen select {
    box-shadow: ${boxShadows.shadowBorderPrimary};
    background: ${background.colorBackgroundPrimaryWeakest};
    font-weight: ${fontWeights.fontWeightSemibold};
  }
  .toggle {
    padding: 0 ${spacings.space40};
    border: 1px solid ${border.colorBorder};
    border-radius: ${radii.borderRadiusPill};
    background: ${background.colorBackgroundBody};
    color: ${text.colorText};
    font: inherit;
    white-space: nowrap;
    cursor: pointer;
  }
  .toggle:hover {
    background: ${background.colorBackground};
  }
  .offline p {
    flex: 0 1 auto;
  }

  .team {
    display: flex;
    flex: 1 1 0;
    flex-direction: column;
    min-height: 10rem;
  }
  .team .row {
    gap: 0 ${spacings.space40};
    grid-template: 'pick customer agent channel why wait parked action' / 1.25rem 8fr 7fr 6fr 8fr 14fr 6fr 8.5rem;
  }
  .team .medium .row {
    grid-template:
      'pick customer wait parked action'
      'pick agent channel why action' / 1.25rem 5fr 6fr 5fr 8.5rem;
    row-gap: ${spacings.space20};
  }
  .team .narrow .row {
    grid-template:
      'pick customer action'
      'pick agent agent'
      'pick channel parked'
      'pick why why'
      'pick wait wait' / 1.25rem 1fr 1fr;
  }
  .team .low .row {
    grid-template:
      'pick customer agent wait parked action'
      'pick channel why wait parked action' / 1.25rem 5fr 5fr 7fr 4fr 8.5rem;
  }
  .team .head .row {
    align-items: start;
  }
  .team .narrow .head .row {
    grid-template:
      'pick customer agent'
      'pick channel why'
      'pick wait parked' / 1.25rem 1fr 1fr;
  }
  .team .low .head .row > * {
    flex: 1 1 0;
  }
  .team .low .head [role='columnheader'] {
    min-width: 0;
    overflow: hidden;
  }
  .team .low .head .row > .pick {
    flex: none;
  }
  .team .head [role='presentation'] {
    display: flex;
    flex-direction: column;
    min-width: 0;
  }
  .team .narrow .head [role='presentation'],
  .team .low .head [role='presentation'] {
    flex-flow: row wrap;
    column-gap: ${spacings.space40};
  }
  .team .low .head [role='presentation'] {
    flex-wrap: nowrap;
  }
  .pick {
    grid-area: pick;
    display: flex;
    align-items: center;
  }
  .pick input {
    appearance: auto;
    display: block;
    width: 1rem;
    height: 1rem;
    margin: 0;
    box-shadow: none;
    accent-color: ${background.colorBackgroundPrimary};
    cursor: pointer;
  }
  .pick input:focus-visible {
    outline: 2px solid ${border.colorBorderPrimary};
    outline-offset: 2px;
    box-shadow: none;
  }
  .agent {
    grid-area: agent;
  }
  .wait {
    grid-area: wait;
  }
  .agent span,
  .wait .alerts {
    display: block;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .queue {
    color: ${text.colorTextWeak};
    font-size: ${fontSizes.fontSize20};
  }
  .narrow .agent,
  .low .agent {
    display: flex;
    gap: ${spacings.space20};
    min-width: 0;
  }
  .narrow .agent > *,
  .low .agent > * {
    min-width: 0;
  }
  .since time {
    display: flex;
    align-items: flex-start;
    gap: ${spacings.space20};
    color: ${text.colorTextWarning};
    font-weight: ${fontWeights.fontWeightSemibold};
  }
  .held .since time {
    color: ${text.colorText};
  }
  .since .Twilio-Icon {
    flex: none;
  }
  .since span,
  .until > span {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 1;
    overflow: hidden;
  }
  .held .since span,
  .row:not(.unheard):not(.alerting) .until > span:first-child,
  .until > .failure {
    -webkit-line-clamp: 2;
  }
  .ends > span:first-child {
    color: ${text.colorTextWarning};
  }
  .wait .alerts {
    color: ${text.colorTextError};
    font-weight: ${fontWeights.fontWeightSemibold};
  }
  .alerts .Twilio-Icon {
    display: inline-block;
    margin-inline-end: ${spacings.space20};
    vertical-align: middle;
  }
  .team .low .parkedAt > span {
    display: block;
    margin: 0;
  }
  .team .low :is(.unheard, .alerting) .until > :first-child:not(.alerts, .failure),
  .team .low .failure ~ *,
  .team .low .row:has(.failure) .since {
    display: none;
  }
  .team .table > :not(.head) .selected {
    background: ${background.colorBackgroundPrimaryWeakest};
  }
  .team .selected {
    outline: ${SEEN_IF_FORCED};
    outline-offset: -2px;
  }
  .team .action {
    white-space: nowrap;
  }

  @media ${LOW} {
    .tools {
      flex: 1 1 12rem;
    }
    .filters {
      flex-wrap: nowrap;
      padding-block: 2px;
      overflow: auto hidden;
    }
    .choice select,
    .toggle {
      height: 1.75rem;
    }
  }
`;
