// The parts of the plugin that the Functions serve: the texts of a language, and the supervisors' code. See `scripts/setup/plugin-parts.mjs`.

/** Returns the address of the part with this SHA-256, in base64, at the Functions' origin. */
export const partAt = (origin: string, sha256: string): string =>
  `${origin}/features/park-interaction/flex/parts?sha256=${encodeURIComponent(sha256)}`;

/** Returns the result of `work`, or rejects after a time. The work goes on: a late response still gets into the browser's cache. */
export const within = <T>(milliseconds: number, work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => setTimeout(reject, milliseconds, `no response within ${milliseconds} ms`)),
  ]);
