import * as React from 'react';

import type { Context } from '../../../context';
import type { Row } from '../../../core/generated/glue';
import { formatsOf } from '../../../strings/format';
import type { AgentSum, ParkedTeam, TeamRow } from '../../../team/parkedTeam';
import { announce } from '../../Notices';
import { reasonsFor, ReasonDialog, TimeDialog, type Change } from '../../park/ChangeDialog';
import { SheetDialog, shut, useDialogId } from '../../park/SheetDialog';
import { AgentPicker } from './AgentPicker';
import { Progress } from './Progress';
import { startRun, useAsBar, useRun, type Deed } from './run';
import { Bar } from './styles';
import type { Selection } from './useSelection';

interface Props {
  context: Context;
  team: ParkedTeam;
  selection: Selection;
}

/** A question before a batch: about which rows, and below which button. */
interface Question {
  about: 'agent' | 'queue' | 'time' | 'reason' | 'end';
  rows: TeamRow[];
  anchor: React.RefObject<HTMLElement>;
}

/** The actions on the selected rows, and the progress of a batch. */
export function BulkBar({ context, team, selection }: Props) {
  const { flex, manager, settings } = context;
  const { text } = formatsOf(manager);
  const [question, setQuestion] = React.useState<Question>();
  const run = useRun();
  const { count } = selection;
  const selected = text('ParkInteractionBulkSelected', { count });

  // Rows that go, also by a batch, are not announced one by one.
  const before = React.useRef(0);
  React.useEffect(() => {
    if (count > before.current) announce(selected);
    before.current = count;
  }, [count, selected]);
  useAsBar();
  if (!count && !run && !question) return null;

  const isBusy = run?.isOver === false;
  const begin = (deed: Deed, of: Row[], more?: object) => startRun(context, deed, of, more);
  const ask =
    (about: Question['about']) =>
    ({ currentTarget }: React.MouseEvent<HTMLElement>) =>
      setQuestion({ about, rows: rowsOf(team, selection), anchor: { current: currentTarget } });
  const close = () => setQuestion(undefined);
  const button = (label: string, act: React.MouseEventHandler<HTMLElement>) => (
    <flex.Button key={label} variant="secondary" size="small" aria-disabled={isBusy} onClick={isBusy ? undefined : act}>
      {label}
    </flex.Button>
  );
  return (
    <Bar data-testid="park-interaction-bulk">
      {count > 0 && (
        <div className="line" role="group" aria-label={selected}>
          <strong>{selected}</strong>
          {button(text('ParkInteractionBulkResume'), () => begin('resume', rowsOf(team, selection)))}
          {button(text('ParkInteractionBulkGive'), ask('agent'))}
          {button(
            text('ParkInteractionMenuGive'),
            count > 1 ? ask('queue') : () => begin('give', rowsOf(team, selection)),
          )}
          {button(text('ParkInteractionBulkTime'), ask('time'))}
          {hasReasons(context, team, selection) && button(text('ParkInteractionBulkReason'), ask('reason'))}
          {settings.endFromList && button(text('ParkInteractionBulkEnd'), ask('end'))}
          <span className="end">
            <flex.Button variant="secondary" size="small" onClick={selection.clear}>
              {text('ParkInteractionBulkClear')}
            </flex.Button>
          </span>
        </div>
      )}
      {run && <Progress context={context} run={run} show={selection.only} />}
      {question && <Asked {...{ context, team, close, begin }} {...question} />}
    </Bar>
  );
}

interface AskedProps extends Question {
  context: Context;
  team: ParkedTeam;
  begin: (deed: Deed, rows: Row[], more?: object) => void;
  close: () => void;
}

/** The dialog of a question. */
function Asked({ about, begin, team, ...dialog }: AskedProps) {
  const { context, rows } = dialog;
  const change = (changes: Change) => begin('change', rows, changes);
  const pick = (agent: AgentSum | null) => begin('give', rows, agent ? { workerSid: agent.workerSid } : {});
  switch (about) {
    case 'agent':
      return (
        <AgentPicker
          {...dialog}
          {...{ team, pick }}
          title={formatsOf(context.manager).text('ParkInteractionPickTitle')}
        />
      );
    case 'queue':
      return <QueueDialog {...dialog} act={() => begin('give', rows)} />;
    case 'time':
      return <TimeDialog {...dialog} change={change} />;
    case 'reason':
      return <ReasonDialog {...dialog} change={change} />;
    case 'end':
      return <EndDialog {...dialog} act={() => begin('end', rows)} />;
  }
}

interface SureProps {
  context: Context;
  rows: TeamRow[];
  anchor: React.RefObject<HTMLElement>;
  act: () => void;
  close: () => void;
}

/** The question before conversations are routed: nobody can take that back. */
function QueueDialog(props: SureProps) {
  const { text } = formatsOf(props.context.manager);
  return (
    <SureDialog
      {...props}
      title={text('ParkInteractionBulkQueueTitle', { count: props.rows.length })}
      hint={text('ParkInteractionBulkQueueHint')}
      label={text('ParkInteractionMenuGive')}
      variant="primary"
    />
  );
}

/** The question before conversations are closed for good. */
function EndDialog(props: SureProps) {
  const { context, rows } = props;
  const { text } = formatsOf(context.manager);
  const unheard = rows.filter(({ data }) => data.unheardSince !== null || data.unread).length;
  return (
    <SureDialog
      {...props}
      title={text('ParkInteractionBulkEndTitle', { count: rows.length })}
      hint={text('ParkInteractionBulkEndHint')}
      label={text('ParkInteractionBulkEndConfirm', { count: rows.length })}
      variant="destructive"
    >
      {unheard > 0 && <p role="alert">{text('ParkInteractionBulkEndUnheard', { count: unheard })}</p>}
    </SureDialog>
  );
}

interface WordsOfSure {
  title: string;
  hint: string;
  /** That of the button that begins. */
  label: string;
  variant: 'primary' | 'destructive';
}

/** A question whose Cancel has the focus. */
function SureDialog({
  context,
  anchor,
  act,
  close,
  children,
  ...words
}: React.PropsWithChildren<SureProps & WordsOfSure>) {
  const { Button } = context.flex;
  const { text } = formatsOf(context.manager);
  const id = useDialogId();
  return (
    <SheetDialog {...{ anchor, close }} labelledBy={`${id}-title`}>
      <form method="dialog">
        <h2 id={`${id}-title`}>{words.title}</h2>
        <p>{words.hint}</p>
        {children}
        <div className="buttons">
          <Button variant="secondary" size="small" type="submit">
            {text('ParkInteractionUntilCancel')}
          </Button>
          <Button
            variant={words.variant}
            size="small"
            type="button"
            onClick={(event: React.MouseEvent) => {
              shut(event);
              act();
            }}
          >
            {words.label}
          </Button>
        </div>
      </form>
    </SheetDialog>
  );
}

/** Returns the selected rows, in their order. */
const rowsOf = (team: ParkedTeam, selection: Selection): TeamRow[] =>
  selection.keys().flatMap((key) => {
    const index = team.indexOf(key);
    return index === null ? [] : team.rows(index, index + 1);
  });

/** The most rows that are asked for reasons while the bar is drawn. */
const MOST_ASKED = 50;

/** Returns true if the owner has reasons that suit all selected rows. */
const hasReasons = (context: Context, team: ParkedTeam, selection: Selection): boolean =>
  selection.count > MOST_ASKED || reasonsFor(context, rowsOf(team, selection))[0].length > 0;
