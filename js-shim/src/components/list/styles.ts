import { styled } from '@twilio/flex-ui';

import { LOW } from './useWindow';

/** Paste's design tokens by kind and name, from Flex's theme, light or dark. */
export type Tokens = Record<string, Record<string, string>>;

/** The width of the bar that marks a row. */
const MARK = '4px';

/** A line that is visible only if the browser forces colours, and so removes shadows. */
export const SEEN_IF_FORCED = '2px solid transparent';

/** The view's element, with the style of everything in it. */
export const Sheet = styled('section')((props) => sheet((props.theme as { tokens: Tokens }).tokens));

const sheet = ({
  backgroundColors: background,
  borderColors: border,
  boxShadows,
  fontSizes,
  fontWeights,
  lineHeights,
  radii,
  spacings,
  textColors: text,
}: Tokens): string => `
  flex: 1 1 auto;
  display: flex;
  flex-direction: column;
  min-width: 0;
  min-height: 0;
  padding: ${spacings.space60};
  gap: ${spacings.space50};
  background: ${background.colorBackgroundBody};
  color: ${text.colorText};
  font-size: ${fontSizes.fontSize30};
  line-height: ${lineHeights.lineHeight20};

  .unseen,
  .low .channel:has(.window) div > span {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: ${spacings.space30} ${spacings.space50};
  }
  h1 {
    margin: 0;
    font-size: ${fontSizes.fontSize60};
    line-height: ${lineHeights.lineHeight60};
    font-weight: ${fontWeights.fontWeightBold};
    outline-offset: 4px;
  }
  p {
    margin: 0;
  }
  .count {
    color: ${text.colorTextWeak};
  }

  .tools {
    display: flex;
    flex: 1 1 26rem;
    min-width: 0;
    justify-content: flex-end;
    gap: ${spacings.space40};
  }
  .tools label {
    position: relative;
    display: flex;
    align-items: center;
    color: ${text.colorTextIcon};
  }
  .tools .Twilio-Icon {
    position: absolute;
    pointer-events: none;
  }
  .search {
    flex: 0 1 20rem;
    min-width: 0;
  }
  .channels {
    max-width: 50%;
  }
  .search .Twilio-Icon {
    left: ${spacings.space20};
  }
  .channels .Twilio-Icon {
    right: ${spacings.space20};
  }
  input:not(dialog *),
  select:not(dialog *) {
    appearance: none;
    box-sizing: border-box;
    width: 100%;
    min-width: 0;
    height: 2.25rem;
    padding: 0 ${spacings.space40};
    border: ${SEEN_IF_FORCED};
    border-radius: ${radii.borderRadius20};
    background: ${background.colorBackgroundBody};
    box-shadow: ${boxShadows.shadowBorder};
    color: ${text.colorText};
    font: inherit;
    text-overflow: ellipsis;
  }
  input:not(dialog *) {
    padding-left: ${spacings.space90};
  }
  input:not(dialog *)::placeholder {
    color: ${text.colorTextWeak};
    opacity: 1;
  }
  select:not(dialog *) {
    padding-right: ${spacings.space90};
  }
  input:not(dialog *):hover,
  select:not(dialog *):hover {
    box-shadow: ${boxShadows.shadowBorderPrimary};
  }
  input:not(dialog *):focus,
  select:not(dialog *):focus {
    outline: ${SEEN_IF_FORCED};
    box-shadow: ${boxShadows.shadowFocus};
  }

  .offline {
    display: flex;
    align-items: center;
    gap: ${spacings.space30};
    padding: ${spacings.space30} ${spacings.space40};
    border-radius: ${radii.borderRadius20};
    background: ${background.colorBackgroundWarningWeakest};
    color: ${text.colorTextWarning};
  }
  .offline .Twilio-Icon {
    flex: none;
  }

  .table {
    position: relative;
    flex: 1 1 0;
    min-height: 10rem;
    overflow: hidden auto;
    scroll-padding-top: 3rem;
    border: 1px solid ${border.colorBorderWeaker};
    border-radius: ${radii.borderRadius20};
  }
  .head {
    position: sticky;
    top: 0;
    z-index: 1;
    background: ${background.colorBackground};
    border-bottom: 1px solid ${border.colorBorderWeaker};
  }
  .table > :not(.head) {
    position: relative;
  }
  .row {
    display: grid;
    align-items: center;
    box-sizing: border-box;
    padding: 0 ${spacings.space50};
    gap: 0 ${spacings.space50};
    grid-template: 'customer channel why due parked listed action' / 8fr 8fr 9fr 12fr 8fr 8fr 8rem;
  }
  .medium .row {
    grid-template: 'customer due parked action' 'channel due listed action' 'why why why action' / 4fr 5fr 4fr 8rem;
    align-content: center;
    row-gap: ${spacings.space10};
  }
  .narrow .row {
    grid-template: 'customer action' 'channel channel' 'why why' 'due due' 'parked listed' / 1fr 1fr;
    align-content: center;
    row-gap: ${spacings.space10};
  }
  .low .row {
    grid-template: 'customer due parked action' 'channel why listed action' / 5fr 5fr 4fr auto;
    align-content: center;
  }
  .head .row {
    min-height: 2.5rem;
    padding-block: ${spacings.space20};
  }
  .narrow .head .row {
    grid-template: 'customer channel' 'due why' 'parked listed' / 1fr 1fr;
  }
  .narrow .head .action,
  .low .head .action {
    position: absolute;
  }
  .low .head .row {
    display: flex;
    gap: ${spacings.space20};
    min-height: 0;
    padding-block: 0;
  }
  .low .head .row > * {
    flex: 1 1 auto;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .table > :not(.head) .row {
    position: absolute;
    left: 0;
    right: 0;
    border-bottom: 1px solid ${border.colorBorderWeaker};
  }
  .table > :not(.head) .row:hover,
  .table > :not(.head) .row:focus-within {
    background: ${background.colorBackgroundRowStriped};
  }
  .row > * {
    min-width: 0;
  }
  .customer {
    grid-area: customer;
  }
  .channel {
    grid-area: channel;
  }
  .why {
    grid-area: why;
  }
  .due {
    grid-area: due;
  }
  .parkedAt {
    grid-area: parked;
  }
  .listedUntil {
    grid-area: listed;
  }
  .action {
    grid-area: action;
    justify-self: end;
    text-align: end;
  }
  .narrow .action {
    display: flex;
    align-items: flex-start;
  }
  .unheard {
    padding-inline-start: calc(${spacings.space50} - ${MARK});
    border-inline-start: ${MARK} solid ${border.colorBorderWarning};
  }
  .held {
    border-color: ${border.colorBorderPrimary};
  }
  .news {
    grid-column: due / listed;
  }
  .medium .news {
    grid-area: 1 / 2 / 3 / 4;
  }
  .narrow .news {
    grid-area: 4 / 1 / 6 / 3;
  }
  .low .news {
    grid-area: 1 / 2 / 2 / 4;
    display: flex;
    gap: ${spacings.space40};
  }
  .low .failed {
    grid-area: 1 / 2 / 3 / 4;
    display: block;
  }
  .narrow .failed {
    grid-row-start: 3;
  }
  .low .row:has(.failed) .why,
  .narrow .row:has(.failed) .why {
    display: none;
  }
  .wrote {
    display: flex;
    align-items: flex-start;
    gap: ${spacings.space20};
    color: ${text.colorTextWarning};
    font-weight: ${fontWeights.fontWeightSemibold};
  }
  .held .wrote {
    color: ${text.colorText};
  }
  .wrote .Twilio-Icon {
    flex: none;
  }
  .wrote > span,
  .due > span,
  .failure {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
  }
  .failure {
    color: ${text.colorTextError};
  }
  .over {
    color: ${text.colorTextWarning};
  }
  .due.ends > * {
    display: inline;
    vertical-align: middle;
    margin-inline-end: ${spacings.space20};
  }
  .low .due.ends {
    display: flex;
    align-items: center;
    height: ${lineHeights.lineHeight20};
    white-space: nowrap;
  }
  .low .due.ends > span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .keep {
    padding: 0;
    border: 0;
    background: none;
    color: ${text.colorTextLink};
    font: inherit;
    text-decoration: underline;
    cursor: pointer;
  }
  .wide .due > span,
  .medium .due > span {
    -webkit-line-clamp: 3;
  }
  .wide .row:not(.unheard) .failure,
  .medium .failure,
  .medium .wrote > span {
    -webkit-line-clamp: 3;
  }
  .medium .row:not(.unheard) .failure {
    -webkit-line-clamp: 4;
  }
  .low .due > span,
  .low .wrote > span,
  .low .unheard .failure {
    -webkit-line-clamp: 1;
  }
  .wide .failed .wrote > span {
    -webkit-line-clamp: 1;
  }
  .medium .failed .wrote > span {
    -webkit-line-clamp: 2;
  }
  .narrow .unheard:has(.failed) .customer > :nth-child(2) {
    display: none;
  }

  .customer > span,
  .parkedAgo,
  .parkedAt > span,
  .listedUntil > span,
  .channel span,
  .why span {
    display: block;
    overflow: hidden;
    white-space: nowrap;
    text-align: left;
    text-overflow: ellipsis;
  }
  .customer > :first-child:not(.unknown) {
    font-weight: ${fontWeights.fontWeightSemibold};
  }
  .parkedAgo,
  .customer > :not(:first-child),
  .parkedAt > :nth-child(2),
  .listedUntil > :nth-child(2),
  .window,
  .why > :first-child:not(.line) > :nth-child(2) {
    color: ${text.colorTextWeak};
    font-size: ${fontSizes.fontSize20};
  }
  .why > span > span {
    display: inline;
  }
  .why > :not(.line) > :nth-child(2)::before {
    content: ' · ';
  }
  .medium .why,
  .narrow .why,
  .low .why {
    display: flex;
    gap: ${spacings.space40};
  }
  .medium .line,
  .narrow .line,
  .low .line {
    min-width: 40%;
  }
  .soon {
    color: ${text.colorTextWarning};
    font-weight: ${fontWeights.fontWeightSemibold};
  }
  .low .soon {
    font-weight: ${fontWeights.fontWeightNormal};
  }
  .narrow :not(.head) .channel,
  .low :not(.head) .channel {
    display: flex;
    gap: ${spacings.space30};
    align-items: center;
  }
  .unheard .line {
    font-weight: ${fontWeights.fontWeightSemibold};
  }
  .unread {
    padding: 0 ${spacings.space20};
    border: 1px solid;
    border-radius: ${radii.borderRadiusPill};
    margin-inline-end: ${spacings.space20};
  }
  .low .customer,
  .low .parkedAt,
  .low .listedUntil,
  .narrow .parkedAt,
  .narrow .listedUntil {
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .low .customer > span,
  .low .parkedAt > span,
  .low .listedUntil > span,
  .narrow .parkedAt > span,
  .narrow .listedUntil > span {
    display: inline;
  }
  .low .customer > :nth-child(2),
  .low .parkedAt > :nth-child(2),
  .low .listedUntil > :nth-child(2),
  .narrow .parkedAt > :nth-child(2),
  .narrow .listedUntil > :nth-child(2) {
    margin-inline-start: ${spacings.space20};
  }
  .wide > :not(.head) .row > :not(.action) {
    min-height: calc(2 * ${lineHeights.lineHeight20});
  }
  .unknown {
    color: ${text.colorTextWeak};
  }
  .channel > div {
    display: flex;
    align-items: center;
    gap: ${spacings.space20};
    height: ${lineHeights.lineHeight20};
  }
  .channel .Twilio-Icon {
    flex: none;
    color: ${text.colorTextIcon};
  }

  .head .row > * {
    color: ${text.colorTextWeak};
    font-weight: ${fontWeights.fontWeightSemibold};
  }
  .head button {
    display: inline-flex;
    align-items: center;
    max-width: 100%;
    padding: 0;
    border: 1px solid transparent;
    border-radius: ${radii.borderRadius20};
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }
  .head button:hover,
  [aria-sort='ascending'] button,
  [aria-sort='descending'] button {
    color: ${text.colorText};
  }
  .head button:focus-visible,
  .keep:focus-visible {
    outline: ${SEEN_IF_FORCED};
    box-shadow: ${boxShadows.shadowFocus};
  }
  .head button > span {
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .head i {
    margin-inline-start: ${spacings.space10};
    font-style: normal;
  }
  .action button {
    scroll-margin: 1.5rem;
  }
  .action button + button {
    margin-inline-start: ${spacings.space20};
  }
  .action button:focus-visible {
    outline: ${SEEN_IF_FORCED};
  }
  .table [aria-busy='true'] {
    cursor: progress;
    opacity: 0.6;
  }

  @media ${LOW} {
    padding: ${spacings.space20} ${spacings.space30};
    gap: ${spacings.space20};

    h1:not(:focus),
    .count {
      position: absolute;
      clip-path: inset(50%);
    }
    input:not(dialog *),
    select:not(dialog *) {
      height: 2rem;
    }
    .tools {
      flex-basis: 100%;
    }
  }

  .nothing {
    flex: 1 1 auto;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: ${spacings.space40};
    padding: ${spacings.space60} 0;
    overflow: auto;
    text-align: center;
  }
  .nothing .Twilio-Icon {
    color: ${text.colorTextIcon};
  }
  .nothing h2 {
    margin: 0;
    font-size: ${fontSizes.fontSize50};
    line-height: ${lineHeights.lineHeight50};
    font-weight: ${fontWeights.fontWeightSemibold};
  }
  .nothing p {
    max-width: 32rem;
    color: ${text.colorTextWeak};
  }

  .skeleton {
    border: 1px solid ${border.colorBorderWeaker};
    border-radius: ${radii.borderRadius20};
    overflow: hidden;
  }
  .bars {
    display: grid;
    grid-template-columns: 5fr 3fr 4fr 4fr;
    align-items: center;
    gap: ${spacings.space70};
    height: 4rem;
    padding: 0 ${spacings.space50};
  }
  .bars + .bars {
    border-top: 1px solid ${border.colorBorderWeaker};
  }
  .bars i {
    height: 1rem;
    border-radius: ${radii.borderRadius20};
    background: ${background.colorBackgroundStrong};
    animation: park-interaction-pulse 1.5s ease-in-out infinite alternate;
  }
  @keyframes park-interaction-pulse {
    to {
      opacity: 0.4;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .bars i {
      animation: none;
    }
  }
`;
