// What is left of an installation whose Functions are gone, by hand or by a removal that broke off: Twilio goes on to call them.

import { callbackLeft } from './callback.mjs';
import { streamsLeft } from './event-streams.mjs';
import { emptyService } from './functions.mjs';
import { readPlugin } from './plugin.mjs';

/**
 * Returns in words what is left, for an account that has no environment of our Functions.
 *
 * @param {import('./transport.mjs').Client} client
 * @param {{ workspaceSid: string }} place
 */
export async function leftOver(client, { workspaceSid }) {
  const [plugin, callback, sinks, empty] = await Promise.all([
    readPlugin(client),
    callbackLeft({ client, workspaceSid }),
    streamsLeft(client),
    emptyService(client),
  ]);
  return [
    plugin.released && 'the release of the plugin',
    callback && "TaskRouter's event callback",
    sinks.length > 0 && 'a sink of Event Streams',
    empty && 'an empty service of the Functions',
  ].filter((line) => typeof line === 'string');
}
