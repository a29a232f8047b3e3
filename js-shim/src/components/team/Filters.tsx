import * as React from 'react';

import type { Context } from '../../context';
import type { Key } from '../../strings';
import type { Formats } from '../../strings/format';
import type { FacetValue, ParkedTeam, TeamView } from '../../team/parkedTeam';

type Facet = keyof TeamView['facets'];

/** The filters by a value: their names, the choice of any, and the name of no value. */
const FACETS: { facet: Facet; title: Key; any: Key; none: Key }[] = [
  {
    facet: 'agent',
    title: 'ParkInteractionTeamAgent',
    any: 'ParkInteractionTeamAllAgents',
    none: 'ParkInteractionTeamNoAgent',
  },
  {
    facet: 'queue',
    title: 'ParkInteractionTeamQueue',
    any: 'ParkInteractionTeamAllQueues',
    none: 'ParkInteractionTeamNoQueue',
  },
  {
    facet: 'channel',
    title: 'ParkInteractionListChannel',
    any: 'ParkInteractionTeamAllChannels',
    none: 'ParkInteractionListNoChannel',
  },
  {
    facet: 'reason',
    title: 'ParkInteractionUntilReason',
    any: 'ParkInteractionTeamAllReasons',
    none: 'ParkInteractionTeamNoReason',
  },
];

interface Props {
  context: Context;
  team: ParkedTeam;
  view: TeamView;
  formats: Formats;
}

/** The search in the rows of the team. */
export function TeamSearch({ context, team, view, formats, search }: Props & { search: React.Ref<HTMLInputElement> }) {
  const { Icon } = context.flex;
  const label = formats.text('ParkInteractionTeamSearch');
  return (
    <div role="search" className="tools">
      <label className="search">
        <span className="unseen">{label}</span>
        <Icon icon="Search" />
        <input
          ref={search}
          type="search"
          value={view.search}
          placeholder={label}
          onChange={({ target }) => team.search(target.value)}
        />
      </label>
    </div>
  );
}

/** The filters, each with the numbers of rows that it leaves. One with nothing to choose from is left out. */
export function Filters({ context, team, view, formats, children }: React.PropsWithChildren<Props>) {
  const { Icon } = context.flex;
  const { text } = formats;
  const { facets, filters } = view;
  const label = (value: FacetValue, facet: Facet, none: Key) => {
    if (value.label) return text(value.label);
    return (facet === 'agent' ? value.name : value.value) || text(none);
  };
  return (
    <div role="group" className="filters" aria-label={text('ParkInteractionTeamFilters')}>
      {FACETS.filter(({ facet }) => facets[facet].length > 1 || filters[facet] !== null).map(
        ({ facet, title, any, none }) => (
          <label key={facet} className={filters[facet] === null ? 'choice' : 'choice chosen'}>
            <span className="unseen">{text(title)}</span>
            <select
              value={filters[facet] === null ? ANY : `=${filters[facet]}`}
              onChange={({ target: { value } }) => team.filter(facet, value === ANY ? null : value.slice(1))}
            >
              <option value={ANY}>{text(any)}</option>
              {facets[facet].map((value) => (
                <option key={value.value} value={`=${value.value}`}>
                  {text('ParkInteractionListChannelCount', {
                    channel: label(value, facet, none),
                    count: value.count,
                  })}
                </option>
              ))}
            </select>
            <Icon icon="ArrowDown" />
          </label>
        ),
      )}
      <Toggle name="overdue" title="ParkInteractionTeamOverdue" {...{ team, view, formats }} />
      <Toggle name="unanswered" title="ParkInteractionTeamUnanswered" {...{ team, view, formats }} />
      {children}
    </div>
  );
}

/** The value for any. Those of rows begin with an equals sign. */
const ANY = '*';

interface ToggleProps extends Pick<Props, 'team' | 'view' | 'formats'> {
  name: 'overdue' | 'unanswered';
  title: Key;
}

/** A filter that is on or off. */
function Toggle({ team, view, formats, name, title }: ToggleProps) {
  const isOn = view.filters[name] !== null;
  return (
    <button type="button" className="toggle" aria-pressed={isOn} onClick={() => team.filter(name, isOn ? null : '1')}>
      {formats.text(title, { count: view.counts[name] })}
    </button>
  );
}
