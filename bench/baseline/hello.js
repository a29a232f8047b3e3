// The least that a function with Twilio's client can do: the cost of starting without this product.
/**
 * @param {Context} context
 * @param {FunctionEvent} event
 * @param {Callback} callback
 */
exports.handler = (context, event, callback) => {
  context.getTwilioClient();
  callback(null, { success: true });
};
