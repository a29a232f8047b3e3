// Whether Twilio takes something.

/** `{ taken: true, answer, status }`, or `{ taken: false, code, status }` where Twilio refuses. Whatever else fails is thrown. */
export async function outcomeOf(attempt) {
  try {
    return { taken: true, answer: await attempt(), status: 200 };
  } catch (error) {
    if (!error.status || error.status >= 500 || error.status === 429) throw error;
    return { taken: false, code: error.code ?? error.status, status: error.status };
  }
}
