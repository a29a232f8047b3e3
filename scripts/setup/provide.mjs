// The way in which every tool is provided: look, do the next thing, look again.

/**
 * Asks `nextMove` about what `look` found until it answers `use`, which is the result. An `act` is carried out by the
 * function of that name in `acts`; when it fails, the next look shows that it did not help. `missing` is an error, with
 * the failure that led to it.
 */
export async function provide({ look, nextMove, acts, progress }) {
  const tried = new Set();
  let failure;
  for (;;) {
    const move = nextMove({ ...(await look()), tried });
    if (move.use) return move.use;
    if (move.missing) throw new Error([move.missing, failure?.message].filter(Boolean).join('\n'));
    tried.add(move.act);
    progress(move.act);
    try {
      await acts[move.act]();
    } catch (error) {
      failure = error;
    }
  }
}
