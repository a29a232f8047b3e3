import * as React from 'react';

import type { PickerProps } from '../../../context';
import { formatsOf, type Formats } from '../../../strings/format';
import type { AgentSum, ParkedTeam } from '../../../team/parkedTeam';
import { SheetDialog, shut, useDialogId } from '../../park/SheetDialog';
import { useRooms, type AgentRoom } from './rooms';
import { Agents } from './styles';

/** The most agents that are shown, and so asked for their room, at a time. */
const MOST = 20;

/** The dialog in which a supervisor chooses the agent who gets conversations. */
export function AgentPicker({ context, team, anchor, title, except, withQueue, pick, close }: PickerProps) {
  const formats = formatsOf(context.manager);
  const { text } = formats;
  const id = useDialogId();
  const [search, setSearch] = React.useState('');
  const others = useAgents(team).filter(({ workerSid }) => workerSid !== except);
  const words = fold(search).split(/\s+/);
  const found = others.filter(({ name }) => words.every((word) => fold(name).includes(word)));
  const shown = found.slice(0, MOST);
  const rooms = useRooms(
    context,
    shown.map(({ workerSid }) => workerSid),
  );

  const choose = (agent: AgentSum | null) => (event: React.MouseEvent) => {
    shut(event);
    pick(agent);
  };
  const keyDown = (event: React.KeyboardEvent<HTMLFormElement>) => {
    const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('[type="search"], li > button')];
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    if (!by || at < 0) return;
    event.preventDefault();
    stops[(at + by + stops.length) % stops.length].focus();
  };
  return (
    <SheetDialog {...{ anchor, close }} labelledBy={`${id}-title`} focus='[type="search"]'>
      {/* Enter in the search chooses nobody. */}
      <form onKeyDown={keyDown} onSubmit={(event) => event.preventDefault()}>
        <h2 id={`${id}-title`}>{title}</h2>
        <input
          type="search"
          aria-label={text('ParkInteractionPickSearch')}
          placeholder={text('ParkInteractionPickSearch')}
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        <Agents aria-labelledby={`${id}-title`}>
          {withQueue && !search && (
            <li>
              <button type="button" onClick={choose(null)}>
                {text('ParkInteractionPickQueue')}
              </button>
            </li>
          )}
          {shown.map((agent) => (
            <li key={agent.workerSid}>
              <button type="button" onClick={choose(agent)}>
                <span dir="auto" translate="no">
                  {agent.name}
                </span>
                <State agent={agent} room={rooms.get(agent.workerSid)} formats={formats} />
              </button>
            </li>
          ))}
        </Agents>
        <p className="hint" role="status">
          {found.length === 0 && text('ParkInteractionPickNobody')}
          {found.length > MOST && text('ParkInteractionPickMore', { count: found.length - MOST })}
        </p>
        <div className="buttons">
          <context.flex.Button variant="secondary" size="small" type="button" onClick={shut}>
            {text('ParkInteractionUntilCancel')}
          </context.flex.Button>
        </div>
      </form>
    </SheetDialog>
  );
}

/** The agent's activity and room, and whether the conversation waits for them. */
function State({ agent, room, formats: { text } }: { agent: AgentSum; room?: AgentRoom; formats: Formats }) {
  const waits = !agent.isAvailable || room?.free === 0;
  const facts = [agent.activity];
  if (room) facts.push(text('ParkInteractionPickRoom', { free: room.free, capacity: room.capacity }));
  return (
    <>
      <small>{facts.filter(Boolean).join(' · ')}</small>
      {waits && <small className="waits">{text('ParkInteractionPickWaits')}</small>}
    </>
  );
}

/** Returns the agents whom the supervisor sees, and draws again when they change. */
export function useAgents(team: ParkedTeam): AgentSum[] {
  const [agents, setAgents] = React.useState(() => team.agents());
  React.useEffect(() => {
    const update = () => setAgents(team.agents());
    update();
    return team.subscribe(update);
  }, [team]);
  return agents;
}

const fold = (words: string): string => words.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
