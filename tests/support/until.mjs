/** Waits for a condition and returns its result. Fails with the name of what it waited for when the time is over. */
export async function until(what, condition, { within = 12_000, every = 25 } = {}) {
  const deadline = Date.now() + within;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
