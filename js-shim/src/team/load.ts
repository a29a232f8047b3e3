// Loads the code that only supervisors need, their core with it, so that no agent downloads it.

import type { Core } from '../core/load';
import { partAt, within } from '../parts';

type Part = typeof import('./start');

/** The supervisors' part, ready to start. */
export interface TeamPart {
  /** The core, to use in place of the agents'. */
  core: Core;
  startTeam: Part['startTeam'];
}

/** The SHA-256 of that code, in base64: the build writes it here. */
const SHA256 = '__THE_SHA_256_OF_THE_CODE_FOR_SUPERVISORS__=';

/** The time that the part has to arrive: Flex waits for it. */
const PATIENCE_MS = 5_000;

/** Loads the part from the Functions at an origin. Returns nothing if it does not come: then the supervisor has what agents have. */
export async function loadTeam(origin: string): Promise<TeamPart | undefined> {
  try {
    const url = partAt(origin, SHA256);
    const running = run(url).catch(async () => {
      // The browser keeps a response, also one that it has refused because it came damaged.
      await fetch(url, { cache: 'reload' });
      await run(url);
    });
    await within(PATIENCE_MS, running);
    // It is here already. Without that, webpack would look for it beside the plugin, where Twilio has only one file.
    const { loadCore, startTeam }: Part = await import(/* webpackChunkName: "team" */ './start');
    return { core: await loadCore(), startTeam };
  } catch (error) {
    console.warn("park-interaction: the supervisors' part did not load:", error);
    return undefined;
  }
}

/** Runs the script at an address. The browser refuses any but the one with which this plugin was built. */
const run = (src: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), {
      src,
      integrity: `sha256-${SHA256}`,
      crossOrigin: 'anonymous',
      onload: resolve,
      onerror: () => reject(new Error(`no such script at ${src}`)),
    });
    document.head.append(script);
  });
