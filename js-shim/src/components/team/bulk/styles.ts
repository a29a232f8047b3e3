import { styled } from '@twilio/flex-ui';

import { SEEN_IF_FORCED, type Tokens } from '../../list/styles';
import { LOW } from '../../list/useWindow';

interface Themed {
  theme: { tokens: Tokens };
}

/** The bar's element, with the style of everything in it. */
export const Bar = styled('div')((props) => bar((props as unknown as Themed).theme.tokens));

const bar = ({
  backgroundColors: background,
  borderColors: border,
  fontSizes,
  fontWeights,
  lineHeights,
  radii,
  spacings,
  textColors: text,
}: Tokens): string => `
  display: flex;
  flex-direction: column;
  gap: ${spacings.space30};
  padding: ${spacings.space30} ${spacings.space40};
  border: 1px solid ${border.colorBorderWeaker};
  border-radius: ${radii.borderRadius20};
  background: ${background.colorBackground};
  color: ${text.colorText};
  font-size: ${fontSizes.fontSize30};
  line-height: ${lineHeights.lineHeight20};

  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: ${spacings.space20} ${spacings.space30};
  }
  .line > strong {
    flex: none;
    min-width: 6rem;
    font-weight: ${fontWeights.fontWeightSemibold};
  }
  .line > .end {
    margin-inline-start: auto;
  }
  progress {
    flex: 1 1 6rem;
    max-width: 16rem;
    height: 0.5rem;
    accent-color: ${background.colorBackgroundPrimary};
  }
  ul {
    max-height: 10rem;
    margin: 0;
    padding: 0;
    overflow: auto;
    list-style: none;
  }
  li {
    padding: ${spacings.space10} 0;
    overflow-wrap: anywhere;
  }
  li > b {
    font-weight: ${fontWeights.fontWeightSemibold};
  }
  [aria-disabled='true'] {
    opacity: 0.6;
    cursor: not-allowed;
  }
  button:focus-visible,
  ul:focus-visible {
    outline: ${SEEN_IF_FORCED};
  }

  @media ${LOW} {
    /* The rows need the room. */
    flex: none;
    max-height: 6rem;
    padding: ${spacings.space20} ${spacings.space30};
    gap: ${spacings.space20};
    overflow: auto;
  }
`;

/** What the batch did with a row. */
export const Result = styled('span')((props) => result((props as unknown as Themed).theme.tokens));

const result = ({ fontSizes, textColors: text }: Tokens): string => `
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
  overflow: hidden;
  color: ${text.colorTextError};
  font-size: ${fontSizes.fontSize20};
`;

/** The list of agents in their dialog. */
export const Agents = styled('ul')((props) => agents((props as unknown as Themed).theme.tokens));

const agents = ({ backgroundColors: background, boxShadows, fontSizes, radii, spacings, textColors: text }: Tokens) => `
  flex: 0 1 auto;
  min-height: 3rem;
  margin: 0;
  padding: 2px;
  overflow: auto;
  list-style: none;

  button {
    display: block;
    box-sizing: border-box;
    width: 100%;
    padding: ${spacings.space20} ${spacings.space30};
    border: ${SEEN_IF_FORCED};
    border-radius: ${radii.borderRadius20};
    background: none;
    color: ${text.colorText};
    font: inherit;
    text-align: start;
    cursor: pointer;
  }
  button:hover {
    background: ${background.colorBackground};
  }
  button:focus-visible {
    outline: ${SEEN_IF_FORCED};
    box-shadow: ${boxShadows.shadowFocus};
  }
  small {
    display: block;
    color: ${text.colorTextWeak};
    font-size: ${fontSizes.fontSize20};
  }
  .waits {
    color: ${text.colorTextWarning};
  }
`;
