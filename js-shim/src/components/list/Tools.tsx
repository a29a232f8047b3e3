import * as React from 'react';

import type { ChannelCount } from '../../list/parkedList';
import type { Formats } from '../../strings/format';
import type { OwnPart } from './part';

/** The search box and the choice of a channel. */
export function Tools({ context, list, view, formats, search }: OwnPart & { search: React.Ref<HTMLInputElement> }) {
  const { Icon } = context.flex;
  const { text } = formats;
  return (
    <div role="search" className="tools">
      <label className="search">
        <span className="unseen">{text('ParkInteractionListSearch')}</span>
        <Icon icon="Search" />
        <input
          ref={search}
          type="search"
          value={view.search}
          placeholder={text('ParkInteractionListSearch')}
          onChange={({ target }) => list.search(target.value)}
        />
      </label>
      <label className="channels">
        <span className="unseen">{text('ParkInteractionListChannel')}</span>
        <select
          value={view.filter === null ? ALL : `${view.filter}`}
          onChange={({ target }) => list.filter(target.value === ALL ? null : target.value)}
        >
          <option value={ALL}>{text('ParkInteractionListAllChannels', { count: view.total })}</option>
          {view.channels.map((channel) => (
            <option key={channel.channel} value={channel.channel}>
              {text('ParkInteractionListChannelCount', {
                channel: channelName(channel, formats),
                count: channel.count,
              })}
            </option>
          ))}
        </select>
        <Icon icon="ArrowDown" />
      </label>
    </div>
  );
}

/** The value for all channels. No channel has this name. */
const ALL = '*';

/** Returns a channel's name, or the account's label for it. */
export function channelName({ channel, label }: Pick<ChannelCount, 'channel' | 'label'>, { text }: Formats): string {
  return label ? text(label) : channel || text('ParkInteractionListNoChannel');
}
