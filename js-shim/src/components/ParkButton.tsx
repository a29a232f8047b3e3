import * as React from 'react';
import type { ITask } from '@twilio/flex-ui';

import { PARK_INTERACTION } from '../actions/parkInteraction';
import type { Context } from '../context';
import { conversationOf, transfers } from '../flex/conversation';
import { taskView, type TaskPayload } from '../flex/task';
import { useParticipants } from '../flex/useParticipants';
import { text } from '../strings';

const KEY = 'park-interaction-button';
const ENABLED: React.CSSProperties = { flex: 'none', marginRight: '8px' };
const DISABLED: React.CSSProperties = { ...ENABLED, cursor: 'not-allowed', opacity: 0.5 };
const LABEL: React.CSSProperties = { marginLeft: '4px' };

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

function ParkButton({ context, task, busy }: Props) {
  const { flex, manager, core } = context;
  const conversation = flex.useFlexSelector((state) => conversationOf(state, task));
  const participants = useParticipants(task, conversation?.participants.size);
  const button = core.parkButton({
    task: taskView(task),
    workerSid: manager.workerClient?.sid,
    participants,
    transfers: transfers(conversation, task),
    busy,
  });
  if (!button.visible) return null;

  const title = text(manager, button.title);
  const label = text(manager, button.label);
  // The action has shown the agent the reason.
  const park = () => void flex.Actions.invokeAction(PARK_INTERACTION, { task }).catch(() => undefined);
  // A button that is `disabled` would lose the keyboard's focus and could not say why it does nothing.
  return (
    <flex.Button
      variant="secondary"
      size="medium"
      style={button.enabled ? ENABLED : DISABLED}
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
  );
}
