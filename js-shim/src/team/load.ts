// Loads the code that only supervisors need, so that no agent downloads it.

import type { Context } from '../context';
import { logoutSignal } from '../flex/session';

type Team = typeof import('./start');

/** The SHA-256 of that code, in base64: the build writes it here. */
const SHA256 = '__THE_SHA_256_OF_THE_CODE_FOR_SUPERVISORS__=';

/** The waits before further attempts, in milliseconds. */
const WAITS_MS = [2_000, 10_000, 60_000];

/** Starts the supervisors' part as soon as it is loaded. Without it the rest of the plugin goes on. */
export async function loadTeam(context: Context): Promise<void> {
  const signal = logoutSignal();
  for (const wait of [...WAITS_MS, undefined]) {
    try {
      await run(
        `${context.settings.functionsOrigin}/features/park-interaction/flex/parts?sha256=${encodeURIComponent(SHA256)}`,
      );
      // It is here already. Without that, webpack would look for it beside the plugin, where Twilio has only one file.
      const { startTeam }: Team = await import(/* webpackChunkName: "team" */ './start');
      startTeam(context);
      return;
    } catch (error) {
      console.warn("park-interaction: the supervisors' part did not load:", error);
      if (wait === undefined || signal.aborted) return;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
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
