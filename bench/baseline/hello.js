// The least that a function with Twilio's client can do: what starting costs without us.
exports.handler = (context, event, callback) => {
  context.getTwilioClient();
  callback(null, { success: true });
};
