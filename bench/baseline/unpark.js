// The sequence in which the existing implementation wakes and resumes, as its documentation describes it. See park.js.
/**
 * @param {Context} context
 * @param {FunctionEvent} event
 * @param {Callback} callback
 */
exports.handler = (context, event, callback) =>
  unpark(context, event).then(
    () => callback(null, { success: true }),
    (error) => callback(error),
  );

/**
 * @param {Context} context
 * @param {Record<string, any>} event any: its parameters are not checked
 */
async function unpark(context, event) {
  const client = context.getTwilioClient();
  const conversation = client.conversations.v1.conversations(event.ConversationSid);

  await conversation.webhooks(event.WebhookSid).remove();
  const { attributes } = await conversation.fetch();
  const state = JSON.parse(attributes);
  const worker = event.workerSid && { queue_sid: state.queueSid, worker_sid: event.workerSid };
  await client.flexApi.v1
    .interaction(state.interactionSid)
    .channels(state.channelSid)
    .invites.create({
      routing: {
        properties: {
          workspace_sid: context.TWILIO_FLEX_WORKSPACE_SID,
          workflow_sid: state.workflowSid,
          task_channel_unique_name: state.taskChannelUniqueName,
          attributes: JSON.parse(state.taskAttributes),
          ...worker,
        },
      },
    });
  if (state.mapSid) {
    const sync = client.sync.v1.services(context.TWILIO_FLEX_SYNC_SID);
    await sync.syncMaps(state.mapSid).syncMapItems(state.mapItemKey).remove();
  }
}
