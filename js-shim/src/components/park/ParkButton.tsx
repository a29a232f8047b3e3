import * as React from 'react';
import type { ITask } from '@twilio/flex-ui';

import { PARK_INTERACTION } from '../../actions/parkInteraction';
import type { Context } from '../../context';
import { operate } from '../../core/operate';
import { conversationOf, transfers } from '../../flex/conversation';
import { taskView, type TaskPayload } from '../../flex/task';
import { useParticipants } from '../../flex/useParticipants';
import { useShortcuts } from '../../shortcuts';
import { text } from '../../strings';
import { EMPTY, ParkDialog, type Appointment } from './ParkDialog';

const KEY = 'park-interaction-button';
const GROUP: React.CSSProperties = { flex: 'none', alignSelf: 'center', display: 'inline-flex', marginRight: '8px' };
const DISABLED: React.CSSProperties = { cursor: 'not-allowed', opacity: 0.5 };
const LEFT: React.CSSProperties = { borderTopRightRadius: 0, borderBottomRightRadius: 0 };
const RIGHT: React.CSSProperties = {
  alignSelf: 'stretch',
  height: 'auto',
  minWidth: 0,
  marginLeft: '-1px',
  padding: '0 2px',
  borderTopLeftRadius: 0,
  borderBottomLeftRadius: 0,
};
const LABEL: React.CSSProperties = { marginLeft: '4px' };

/** The most tasks whose dialog is kept: more than an agent has at a time. */
const MOST_DRAFTS = 50;

/**
 * The content of the dialog by task. It outlives dialog and button, so that a failed park or a slip of the hand costs no note. A park
 * ends it.
 */
const drafts = new Map<string, typeof EMPTY>();

/** Keeps the content of a task's dialog, and forgets the oldest beyond the most. */
function keep(sid: string, draft: typeof EMPTY): void {
  drafts.delete(sid);
  drafts.set(sid, draft);
  if (drafts.size > MOST_DRAFTS) drafts.delete([...drafts.keys()][0]);
}

interface Props {
  context: Context;
  task: ITask;
  busy: boolean;
}

/** Adds the button to the task's header, beside the button that ends the conversation. */
export function addParkButton(context: Context): void {
  context.flex.TaskCanvasHeader.Content.add(<ParkButtonOfTask key={KEY} context={context} />, {
    sortOrder: 1,
    if: (props: { task?: ITask }) => Boolean(props.task),
  });
}

/** Draws the button once Flex passes a task, busy while Flex runs the action for it. */
function ParkButtonOfTask({ context, task }: { context: Context; task?: ITask }) {
  if (!task) return null;
  const { ActionStateListener } = context.flex;
  return (
    <ActionStateListener action={PARK_INTERACTION} payload={(payload: TaskPayload) => payload?.task?.sid === task.sid}>
      {({ disabled }) => <ParkButton key={task.sid} context={context} task={task} busy={disabled} />}
    </ActionStateListener>
  );
}

/** The button that parks, and the arrow beside it that opens the dialog. */
function ParkButton({ context, task, busy }: Props) {
  const { flex, manager, core } = context;
  const conversation = flex.useFlexSelector((state) => conversationOf(state, task));
  const participants = useParticipants(task, conversation?.participants.size);
  const group = React.useRef<HTMLSpanElement>(null);
  const [isOpen, setOpen] = React.useState(false);
  const [draft, setDraft] = React.useState(drafts.get(task.sid) ?? EMPTY);
  const button = core.parkButton({
    task: taskView(task),
    workerSid: manager.workerClient?.sid,
    participants,
    transfers: transfers(conversation, task),
    busy,
  });

  const parkWith = (appointment?: Appointment) =>
    // The action has shown the agent the reason.
    void flex.Actions.invokeAction(PARK_INTERACTION, { task, appointment }).then(
      () => drafts.delete(task.sid),
      () => undefined,
    );
  // An agent who points at the button is about to click. With the keyboard the click follows the opening of the task.
  const prepare = () => {
    if (button.enabled) void operate(context, 'prepare', undefined).catch(() => undefined);
  };
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `prepare` is the same in each drawing of an enabled button
  React.useEffect(prepare, [button.enabled]);
  const openDialog = () => setOpen(true);
  const park = button.needsReason ? openDialog : () => parkWith();
  useShortcuts(button.enabled ? { park, openDialog } : undefined);
  if (!button.visible) return null;

  const title = text(manager, button.title);
  const label = text(manager, button.label);
  const until = button.enabled ? text(manager, 'ParkInteractionUntil') : title;
  const look = button.enabled ? undefined : DISABLED;
  // A button that is `disabled` would lose the keyboard's focus and could not say why it does nothing.
  return (
    <span ref={group} style={GROUP} onPointerEnter={prepare}>
      <flex.Button
        variant="secondary"
        size="medium"
        style={{ ...LEFT, ...look }}
        title={title}
        aria-label={title}
        aria-busy={button.busy}
        aria-disabled={!button.enabled}
        onClick={button.enabled ? park : undefined}
        data-testid={KEY}
      >
        <flex.Icon icon="Pause" sizeMultiplier={0.6} />
        <span style={LABEL}>{label}</span>
      </flex.Button>
      <flex.Button
        variant="secondary"
        size="medium"
        style={{ ...RIGHT, ...look }}
        title={until}
        aria-label={until}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-disabled={!button.enabled}
        onClick={button.enabled ? openDialog : undefined}
        data-testid="park-interaction-until"
      >
        <flex.Icon icon="ArrowDown" />
      </flex.Button>
      {isOpen && (
        <ParkDialog
          context={context}
          task={task}
          anchor={group}
          draft={draft}
          change={(changes) => {
            const changed = { ...draft, ...changes };
            keep(task.sid, changed);
            setDraft(changed);
          }}
          close={() => setOpen(false)}
          park={parkWith}
        />
      )}
    </span>
  );
}
