import * as React from 'react';

import { CHANGE_INTERACTION } from '../../actions/changeInteraction';
import { END_INTERACTION, GIVE_INTERACTION } from '../../actions/endInteraction';
import type { Context } from '../../context';
import type { Row } from '../../list/parkedList';
import type { Key } from '../../strings';
import type { Formats } from '../../strings/format';
import { ReasonDialog, reasonsFor, TimeDialog, type Change } from '../park/ChangeDialog';
import { placeBelow } from '../park/ParkDialog';
import { Sheet } from '../park/styles';

interface Where {
  context: Context;
  formats: Formats;
}

interface Props extends Where {
  row: Row;
  customer: string;
}

/** The button beside Resume, with the menu of the other ways out of the list. The browser keeps the focus inside, and returns it. */
export function RowMenu({ context, row, customer, formats }: Props) {
  const { Actions, Button } = context.flex;
  const { text } = formats;
  const anchor = React.useRef<HTMLSpanElement>(null);
  // Since the menu was opened: the agent has not seen what comes later.
  const [unread, setUnread] = React.useState<number | null>();
  const [isBusy, setBusy] = React.useState(false);
  const [question, setQuestion] = React.useState<Question>();
  const isOpen = unread !== undefined;
  const name = text('ParkInteractionMenu', { customer });
  const { AgentPicker, team } = context;

  const act = async (action: string, payload?: object) => {
    setBusy(true);
    // The action shows the agent the reason of a failure. Sync takes the row out, or brings what has changed.
    const whole = { ConversationSid: row.conversationSid, ownerSid: row.ownerSid ?? undefined, ...payload };
    await Actions.invokeAction(action, whole).catch(() => undefined);
    setBusy(false);
  };
  const change = (changes: Change) => void act(CHANGE_INTERACTION, changes);
  const close = () => setQuestion(undefined);
  const dialog = { context, rows: [row], anchor, change, close };
  return (
    <span ref={anchor} style={BESIDE}>
      <Button
        variant="secondary"
        size="small"
        aria-label={name}
        title={name}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-busy={isBusy}
        aria-disabled={isBusy}
        onClick={isBusy ? undefined : () => setUnread(row.data.unread)}
      >
        <span aria-hidden="true">⋯</span>
      </Button>
      {isOpen && (
        <Popup
          {...{ context, formats, row, customer, anchor, name }}
          act={(action) => void act(action, { unread: unread ?? undefined })}
          ask={setQuestion}
          close={() => setUnread(undefined)}
        />
      )}
      {question === 'time' && <TimeDialog {...dialog} />}
      {question === 'reason' && <ReasonDialog {...dialog} />}
      {question === 'agent' && AgentPicker && team && (
        <AgentPicker
          {...{ context, team, anchor, close }}
          title={text('ParkInteractionPickTitle')}
          except={row.data.workerSid ?? undefined}
          pick={(agent) => void act(GIVE_INTERACTION, { workerSid: agent?.workerSid })}
        />
      )}
    </span>
  );
}

const BESIDE: React.CSSProperties = { display: 'inline-block', marginInlineStart: '4px', whiteSpace: 'nowrap' };

/** A choice of the menu that has a dialog of its own. */
type Question = 'time' | 'reason' | 'agent';

interface PopupProps extends Where {
  row: Row;
  customer: string;
  name: string;
  anchor: React.RefObject<HTMLElement>;
  act: (action: string) => void;
  ask: (question: Question) => void;
  close: () => void;
}

/** The menu and, once End is chosen, the question. */
function Popup({ context, formats, row, customer, name, anchor, act, ask, close }: PopupProps) {
  const { Button } = context.flex;
  const { text } = formats;
  const dialog = React.useRef<HTMLDialogElement>(null);
  const [asks, setAsks] = React.useState(false);

  React.useEffect(() => {
    const { current } = dialog;
    // Escape closes it too.
    current?.addEventListener('close', close);
    current?.showModal();
    return () => {
      // The row has gone, and with it the dialog. The next row's button would take a key that was meant for this one.
      if (current?.open) queueMicrotask(() => document.getElementById('park-interaction-list-title')?.focus());
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once: `close` does the same on every call
  }, []);
  // The first entry, or Cancel.
  React.useEffect(() => dialog.current?.querySelector('button')?.focus(), [asks]);

  const choose = (action: string) => {
    dialog.current?.close();
    act(action);
  };
  const question = (label: Key, about: Question) => {
    // The focus goes back to the button, to which the next dialog returns it.
    const open = () => {
      dialog.current?.close();
      ask(about);
    };
    return <Entry {...{ context }} label={text(label)} onClick={open} />;
  };
  const keyDown = (event: React.KeyboardEvent) => {
    // Neither the rows nor the shortcuts of Flex take keys of the menu.
    event.stopPropagation();
    if (asks) return;
    // The focus is back on the button, from where the key moves it on.
    if (event.key === 'Tab') dialog.current?.close();
    const entries = [...(dialog.current?.querySelectorAll('button') ?? [])];
    const to = destination(event.key, entries.indexOf(document.activeElement as HTMLButtonElement), entries.length);
    if (to === null) return;
    event.preventDefault();
    entries[to]?.focus();
  };
  const title = text('ParkInteractionEndTitle', { customer });
  return (
    <Sheet
      ref={dialog}
      style={{ ...placeBelow(anchor.current), ...WORDS }}
      aria-label={asks ? title : name}
      onKeyDown={keyDown}
      onMouseDown={({ target }: React.MouseEvent) => target === dialog.current && dialog.current?.close()}
    >
      {asks ? (
        <form method="dialog">
          <h2>{title}</h2>
          <p>{text('ParkInteractionEndHint')}</p>
          <div className="buttons">
            <Button variant="secondary" size="small" type="submit">
              {text('ParkInteractionUntilCancel')}
            </Button>
            <Button variant="destructive" size="small" type="button" onClick={() => choose(END_INTERACTION)}>
              {text('ParkInteractionEndConfirm')}
            </Button>
          </div>
        </form>
      ) : (
        <form style={MENU}>
          <div role="menu" aria-label={name}>
            {question('ParkInteractionBulkTime', 'time')}
            {reasonsFor(context, [row])[0].length > 0 && question('ParkInteractionBulkReason', 'reason')}
            {context.AgentPicker && question('ParkInteractionBulkGive', 'agent')}
            <Entry {...{ context }} label={text('ParkInteractionMenuGive')} onClick={() => choose(GIVE_INTERACTION)} />
            {context.settings.endFromList && (
              <Entry {...{ context }} label={`${text('ParkInteractionEndConfirm')}…`} onClick={() => setAsks(true)} />
            )}
          </div>
        </form>
      )}
    </Sheet>
  );
}

interface EntryProps extends Pick<Where, 'context'> {
  label: string;
  onClick: () => void;
}

function Entry({ context, label, onClick }: EntryProps) {
  const { Button } = context.flex;
  return (
    <Button role="menuitem" tabIndex={-1} type="button" variant="link" size="small" style={ENTRY} onClick={onClick}>
      {label}
    </Button>
  );
}

const MENU: React.CSSProperties = { justifySelf: 'end', padding: '4px' };
const WORDS: React.CSSProperties = { textAlign: 'start', whiteSpace: 'normal', overflowWrap: 'anywhere' };
const ENTRY: React.CSSProperties = { display: 'block', width: '100%', margin: 0, textAlign: 'start' };

function destination(key: string, index: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return (index + 1) % count;
    case 'ArrowUp':
      return (index + count - 1) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
