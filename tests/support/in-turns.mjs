/** Does `work` with all `items`, `atOnce` of them at the same time. */
export async function inTurns(items, atOnce, work) {
  const waiting = [...items];
  const one = async () => {
    while (waiting.length > 0) await work(waiting.shift());
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}
