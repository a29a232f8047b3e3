import type { Manager } from '@twilio/flex-ui';

/** A list of this agent in the browser's storage. */
export interface Kept<Item> {
  /** Its key in the browser's storage. */
  key: string;
  read(): Item[];
  write(items: Item[]): void;
}

/**
 * Returns the agent's list of this name, which all tabs share and which outlives them; or that of one tab, which outlives a reload.
 * Without storage, which the browser may refuse or fill up, it stays empty.
 */
export function kept<Item>(
  { workerClient }: Manager,
  name: string,
  storage: 'localStorage' | 'sessionStorage' = 'localStorage',
): Kept<Item> {
  const key = `park-interaction:${name}:${workerClient?.sid}`;
  return {
    key,
    read() {
      try {
        const items: unknown = JSON.parse(window[storage].getItem(key) ?? '[]');
        return Array.isArray(items) ? items : [];
      } catch {
        return [];
      }
    },
    write(items) {
      try {
        window[storage].setItem(key, JSON.stringify(items));
      } catch (error) {
        console.warn('park-interaction:', error);
      }
    },
  };
}
