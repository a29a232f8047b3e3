// A conversation that is back from parking: by whom and why it was parked, and why it is back.

import * as React from 'react';
import { styled, type ITask } from '@twilio/flex-ui';

import { PARK_INTERACTION } from '../actions/parkInteraction';
import type { Context } from '../context';
import type { Returned } from '../core/generated/glue';
import { followLastSeen } from '../lastSeen';
import { formatsOf, type Formats } from '../strings/format';
import type { Tokens } from './list/styles';

const KEY = 'park-interaction-returned';

/** The time after which the facts are drawn again for their times as seen from now. */
const REFRESH_MS = 30_000;

interface Props {
  context: Context;
  task?: ITask;
}

/** Adds the facts to the task, below its header, and to its offer in the list of tasks. "New" begins where the agent parked. */
export function addReturned(context: Context): void {
  followLastSeen(context);
  const { TaskCanvas, TaskListItem } = context.flex;
  const isBack = ({ task }: { task?: ITask }) => Boolean(task?.attributes?.parked);
  const isOffer = (props: { task?: ITask }) => isBack(props) && props.task?.status === 'pending';
  TaskCanvas.Content.add(<Strip key={KEY} context={context} />, { sortOrder: 1, if: isBack });
  TaskListItem.Content.add(<Offer key={KEY} context={context} />, { if: isOffer });
}

/** The facts in the task, on two lines; the second one opens for a long note. */
function Strip({ context, task }: Props) {
  const [isOpen, setOpen] = React.useState(false);
  const returned = useReturned(context, task);
  if (!task || !returned) return null;
  const { Icon } = context.flex;
  const formats = formatsOf(context.manager);
  const why = whyOf(returned);
  return (
    <Note role="note" className="strip" data-testid={KEY}>
      <div className="line">
        <Facts returned={returned} formats={formats} />
        {returned.again && <ParkAgain context={context} task={task} again={returned.again} formats={formats} />}
      </div>
      {why && (
        <div className="line">
          <p
            className={isOpen ? 'why open' : 'why'}
            title={why}
            dir="auto"
            translate="no"
            tabIndex={isOpen ? 0 : undefined}
          >
            {why}
          </p>
          <button
            type="button"
            aria-label={formats.text('ParkInteractionListWhy')}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            <Icon icon={isOpen ? 'ArrowUp' : 'ArrowDown'} />
          </button>
        </div>
      )}
    </Note>
  );
}

/** Who parked the offered conversation, when, and why. */
function Offer({ context, task }: Props) {
  const returned = useReturned(context, task);
  if (!returned) return null;
  const why = whyOf(returned);
  return (
    <Note className="offer" data-testid={`${KEY}-offer`}>
      <Parked returned={returned} formats={formatsOf(context.manager)} />
      {why && (
        <p className="why" title={why} dir="auto" translate="no">
          {why}
        </p>
      )}
    </Note>
  );
}

type OfReturned = { returned: Returned; formats: Formats };

/** The agent who parked, and when. */
function Parked({ returned, formats }: OfReturned) {
  const { at, by, agent, ago } = returned;
  const { text } = formats;
  return (
    <b title={at === null ? undefined : formats.momentInFull(at)}>
      {text('ParkInteractionBack', {
        by: by ? text(by, { agent: agent ?? '' }) : '',
        ago: ago ? formats.relative(ago) : '',
      })}
    </b>
  );
}

/** Who parked and when, why the conversation is back, and how often it was parked. */
function Facts({ returned, formats }: OfReturned) {
  const { cause, parks } = returned;
  const { text } = formats;
  return (
    <p>
      <Parked returned={returned} formats={formats} />
      {cause && ` · ${text(cause)}`}
      {parks && ` · ${text('ParkInteractionBackParks', { count: parks })}`}
    </p>
  );
}

type AgainProps = Required<Props> & { again: { until: number }; formats: Formats };

/** The button that parks until the same time again. While it does so, the Park button says so; a second click joins the first. */
function ParkAgain({ context, task, again, formats }: AgainProps) {
  const { Actions, Button } = context.flex;
  // The action has shown the agent the reason.
  const park = () => void Actions.invokeAction(PARK_INTERACTION, { task, appointment: again }).catch(() => undefined);
  return (
    <Button variant="secondary" size="small" onClick={park}>
      {formats.text('ParkInteractionBackAgain', { time: formats.when(again.until * 1_000) })}
    </Button>
  );
}

/** Returns the facts about a task, and draws them again from time to time. Null for a task that is not back from parking. */
function useReturned({ core, manager }: Context, task: ITask | undefined): Returned | null {
  const [, draw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const timer = setInterval(draw, REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  return core.returned({
    parked: task?.attributes?.parked,
    workerSid: manager.workerClient?.sid,
    status: task?.status,
  });
}

const whyOf = ({ reason, note }: Returned): string => [reason, note].filter(Boolean).join(' · ');

const Note = styled('div')((props) => style((props.theme as { tokens: Tokens }).tokens));

const style = ({
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
  flex: none;
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: ${spacings.space10};
  padding: ${spacings.space30} ${spacings.space50};
  color: ${text.colorText};
  font-size: ${fontSizes.fontSize20};
  line-height: ${lineHeights.lineHeight20};
  border-bottom: 1px solid ${border.colorBorderWeak};

  &.strip {
    background: ${background.colorBackgroundPrimaryWeakest};
  }
  b {
    font-weight: ${fontWeights.fontWeightSemibold};
  }
  p {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-start;
    gap: ${spacings.space10} ${spacings.space40};
  }
  .line p {
    flex: 1 1 10rem;
    min-width: 0;
  }
  .why {
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .why.open {
    max-height: 8rem;
    overflow: auto;
    white-space: pre-line;
  }
  .line > button[aria-expanded] {
    padding: 0;
    border: 0;
    border-radius: ${radii.borderRadius20};
    background: none;
    color: inherit;
    cursor: pointer;
  }
  .why:focus-visible,
  .line > button[aria-expanded]:focus-visible {
    outline: 2px solid transparent;
    box-shadow: ${boxShadows.shadowFocus};
  }
`;
