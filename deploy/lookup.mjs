// Asking for what may not be there.

/** The thing, or `undefined` when there is none. */
export async function orUndefined(asked) {
  try {
    return await asked;
  } catch (error) {
    if (error.status === 404) return undefined;
    throw error;
  }
}
