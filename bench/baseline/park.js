// The sequence in which the existing implementation parks, as its documentation describes it: one call after the other,
// by the official client with its default settings. Written for the benchmark; it checks nothing and undoes nothing.
/**
 * @param {Context} context
 * @param {FunctionEvent} event
 * @param {Callback} callback
 */
exports.handler = (context, event, callback) =>
  park(context, event).then(
    () => callback(null, { success: true }),
    (error) => callback(error),
  );

/**
 * @param {Context} context
 * @param {Record<string, any>} event any: its parameters are not checked
 */
async function park(context, event) {
  const client = context.getTwilioClient();
  if (event.Token) await validateToken(client, event.Token);
  const sync = client.sync.v1.services(context.TWILIO_FLEX_SYNC_SID);
  const conversation = client.conversations.v1.conversations(event.conversationSid);
  const channel = client.flexApi.v1.interaction(event.interactionSid).channels(event.channelSid);

  const webhook = await conversation.webhooks.create({
    target: 'webhook',
    'configuration.method': /** @type {any} Twilio documents capitals, the types of its client small letters */ (
      'POST'
    ),
    'configuration.filters': ['onMessageAdded'],
    'configuration.url': `https://${context.DOMAIN_NAME}/bench/wake`,
  });
  await channel.participants(event.participantSid).update({ status: 'closed' });

  const state = {
    interactionSid: event.interactionSid,
    channelSid: event.channelSid,
    participantSid: event.participantSid,
    taskSid: event.taskSid,
    workflowSid: event.workflowSid,
    taskChannelUniqueName: event.taskChannelUniqueName,
    queueName: event.queueName,
    queueSid: event.queueSid,
    workerSid: event.workerSid,
    taskAttributes: event.taskAttributes,
    webhookSid: webhook.sid,
  };
  if (event.showList === 'true') {
    const uniqueName = `ParkedInteractions_${event.workerSid}`;
    const map = await sync.syncMaps.create({ uniqueName }).catch(() => ({ sid: uniqueName }));
    const item = await sync.syncMaps(map.sid).syncMapItems.create({
      key: event.conversationSid,
      data: state,
      ttl: 86_400,
    });
    Object.assign(state, { mapSid: map.sid, mapItemKey: item.key });
  }
  await conversation.update({ attributes: JSON.stringify(state) });
}

/**
 * Validates a Flex token, as Twilio's `twilio-flex-token-validator` does. A call without one is measured without this check.
 *
 * @param {import('twilio').Twilio} client
 * @param {string} token
 */
async function validateToken(client, token) {
  const uri = `https://iam.twilio.com/v1/Accounts/${client.accountSid}/Tokens/validate`;
  const headers = { 'Content-Type': 'application/json' };
  const { statusCode } = await client.request({ method: 'post', uri, data: { token }, headers });
  if (statusCode !== 200) throw new Error(`the token was refused: ${statusCode}`);
}
