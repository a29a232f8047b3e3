import { styled } from '@twilio/flex-ui';

import { SEEN_IF_FORCED, type Tokens } from '../list/styles';

interface Theme {
  tokens: Tokens;
  isLight?: boolean;
}

/** The dialog's element, with the style of everything in it. */
export const Sheet = styled('dialog')((props) => sheet(props.theme as Theme));

const sheet = ({ tokens, isLight }: Theme): string => {
  const {
    backgroundColors: background,
    borderColors: border,
    boxShadows,
    fontSizes,
    fontWeights,
    lineHeights,
    radii,
    spacings,
    textColors: text,
  } = tokens;
  return `
  display: grid;
  grid-template-columns: minmax(0, 24rem);
  box-sizing: border-box;
  width: 100vw;
  max-width: none;
  height: 100vh;
  max-height: none;
  margin: 0;
  border: 0;
  overflow: hidden;
  background: none;
  color: ${text.colorText};
  color-scheme: ${isLight === false ? 'dark' : 'light'};
  font-size: ${fontSizes.fontSize30};
  line-height: ${lineHeights.lineHeight20};

  form {
    grid-row: 2;
    box-sizing: border-box;
    max-height: calc(100vh - 16px);
    display: flex;
    flex-direction: column;
    gap: ${spacings.space40};
    padding: ${spacings.space50};
    overflow: auto;
    border: 1px solid ${border.colorBorderWeaker};
    border-radius: ${radii.borderRadius20};
    background: ${background.colorBackgroundBody};
    box-shadow: ${boxShadows.shadow};
  }
  h2 {
    margin: 0;
    font-size: ${fontSizes.fontSize40};
    font-weight: ${fontWeights.fontWeightSemibold};
  }
  p {
    margin: 0;
  }
  p:empty {
    display: none;
  }
  .option {
    display: flex;
    align-items: baseline;
    gap: ${spacings.space30};
    padding: ${spacings.space10} 0;
    cursor: pointer;
  }
  .option span {
    flex: 1 1 auto;
    display: inline-block;
  }
  .option span::first-letter {
    text-transform: uppercase;
  }
  time,
  .hint {
    color: ${text.colorTextWeak};
    font-size: ${fontSizes.fontSize20};
  }
  .option input {
    flex: none;
    margin: 0;
    accent-color: ${background.colorBackgroundPrimary};
  }
  label > select,
  label > textarea {
    margin-top: ${spacings.space20};
  }
  [type='datetime-local'],
  [type='search'],
  select,
  textarea {
    display: block;
    box-sizing: border-box;
    width: 100%;
    min-height: 2.25rem;
    padding: ${spacings.space20} ${spacings.space40};
    border: ${SEEN_IF_FORCED};
    border-radius: ${radii.borderRadius20};
    background: ${background.colorBackgroundBody};
    box-shadow: ${boxShadows.shadowBorder};
    color: ${text.colorText};
    font: inherit;
    resize: vertical;
  }
  [aria-invalid='true'] {
    box-shadow: ${boxShadows.shadowBorderError};
  }
  [type='datetime-local']:focus,
  [type='search']:focus,
  select:focus,
  textarea:focus {
    outline: ${SEEN_IF_FORCED};
    box-shadow: ${boxShadows.shadowFocus};
  }
  [role='alert'] {
    color: ${text.colorTextError};
  }
  [role='menuitem']:focus {
    outline: ${SEEN_IF_FORCED};
  }
  .buttons {
    display: flex;
    justify-content: flex-end;
    gap: ${spacings.space30};
  }
`;
};
