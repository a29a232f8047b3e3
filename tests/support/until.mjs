/** Waits for a condition, and gives what it gives; says what it waited for when it does not come. */
export async function until(what, condition, { within = 12_000, every = 25 } = {}) {
  const deadline = Date.now() + within;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
