import { styled } from '@twilio/flex-ui';

import { SEEN_IF_FORCED, type Tokens } from '../list/styles';

const tokensOf = (props: object): Tokens => (props as { theme: { tokens: Tokens } }).theme.tokens;

/** The cell of the column in the Teams view. */
export const Cell = styled('div')((props) => {
  const { fontSizes, fontWeights, spacings, textColors: text } = tokensOf(props);
  return `
    min-width: 0;

    > * {
      display: block;
    }
    .oldest {
      color: ${text.colorTextWeak};
      font-size: ${fontSizes.fontSize20};
    }
    .urgent {
      display: flex;
      gap: ${spacings.space20};
      color: ${text.colorTextError};
      font-weight: ${fontWeights.fontWeightSemibold};
    }
    .urgent .Twilio-Icon {
      flex: none;
    }
  `;
});

/** The head of that column: a button that looks like the other heads. */
export const Head = styled('button')((props) => {
  const { boxShadows, radii } = tokensOf(props);
  return `
    padding: 0;
    border: 0;
    border-radius: ${radii.borderRadius20};
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;

    &:focus-visible {
      outline: ${SEEN_IF_FORCED};
      box-shadow: ${boxShadows.shadowFocus};
    }
  `;
});

/** The section in the worker's panel. */
export const Section = styled('section')((props) => {
  const {
    borderColors: border,
    boxShadows,
    fontSizes,
    fontWeights,
    lineHeights,
    radii,
    spacings,
    textColors: text,
  } = tokensOf(props);
  return `
    margin: ${spacings.space60} ${spacings.space50} 0;
    color: ${text.colorText};
    font-size: ${fontSizes.fontSize30};
    line-height: ${lineHeights.lineHeight20};

    h4 {
      display: flex;
      flex-wrap: wrap;
      gap: 0 ${spacings.space30};
      margin: 0;
      padding-bottom: ${spacings.space30};
      border-bottom: 1px solid ${border.colorBorderWeak};
      font-size: inherit;
      font-weight: ${fontWeights.fontWeightBold};
      outline-offset: 4px;
    }
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: grid;
      grid-template-columns: minmax(0, 1fr) fit-content(45%);
      align-items: center;
      gap: 0 ${spacings.space40};
      padding: ${spacings.space30} 0;
      border-bottom: 1px solid ${border.colorBorderWeaker};
    }
    li span {
      min-width: 0;
      overflow-wrap: anywhere;
    }
    li div > span {
      display: flex;
      gap: ${spacings.space20};
    }
    .name {
      font-weight: ${fontWeights.fontWeightSemibold};
    }
    .Twilio-Icon {
      flex: none;
    }
    .action {
      display: flex;
      flex-wrap: wrap;
      justify-content: flex-end;
      gap: ${spacings.space20};
    }
    .name .Twilio-Icon {
      color: ${text.colorTextIcon};
    }
    .oldest,
    .weak {
      color: ${text.colorTextWeak};
    }
    .oldest {
      flex-basis: 100%;
      font-weight: ${fontWeights.fontWeightNormal};
    }
    .urgent,
    .failure {
      color: ${text.colorTextError};
      font-weight: ${fontWeights.fontWeightSemibold};
    }
    .failure {
      grid-column: 1 / 3;
    }
    [aria-busy='true'] {
      cursor: progress;
      opacity: 0.6;
    }
    p {
      margin: ${spacings.space30} 0;
    }
    .more {
      margin: ${spacings.space30} 0;
      padding: 0;
      border: 0;
      border-radius: ${radii.borderRadius20};
      background: none;
      color: ${text.colorTextLink};
      font: inherit;
      text-decoration: underline;
      cursor: pointer;
    }
    .more:focus-visible {
      outline: ${SEEN_IF_FORCED};
      box-shadow: ${boxShadows.shadowFocus};
    }
  `;
});

/** The figures in the tile of the real-time queues view. */
export const Figures = styled('div')((props) => {
  const { boxShadows, fontSizes, fontWeights, lineHeights, radii, spacings, textColors: text } = tokensOf(props);
  return `
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: ${spacings.space20};
    margin-top: ${spacings.space50};
    font-size: ${fontSizes.fontSize30};
    white-space: nowrap;

    button {
      padding: 0;
      border: 0;
      border-radius: ${radii.borderRadius20};
      background: none;
      color: ${text.colorTextLink};
      font: inherit;
      text-align: start;
      cursor: pointer;
    }
    button:hover {
      text-decoration: underline;
    }
    button:focus-visible {
      outline: ${SEEN_IF_FORCED};
      box-shadow: ${boxShadows.shadowFocus};
    }
    .parked {
      color: inherit;
      font-size: ${fontSizes.fontSize90};
      line-height: ${lineHeights.lineHeight90};
      font-weight: ${fontWeights.fontWeightBold};
    }
    .urgent {
      color: ${text.colorTextError};
      font-weight: ${fontWeights.fontWeightSemibold};
    }
  `;
});
