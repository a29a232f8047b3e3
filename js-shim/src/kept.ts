import type { Manager } from '@twilio/flex-ui';

/** A list of this agent that all tabs of the browser share, and that outlives them. */
export interface Kept<Item> {
  /** Its key in the browser's storage. */
  key: string;
  read(): Item[];
  write(items: Item[]): void;
}

/** Returns the agent's list of this name. Without storage, which the browser may refuse or fill up, it stays empty. */
export function kept<Item>({ workerClient }: Manager, name: string): Kept<Item> {
  const key = `park-interaction:${name}:${workerClient?.sid}`;
  return {
    key,
    read() {
      try {
        const items: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
        return Array.isArray(items) ? items : [];
      } catch {
        return [];
      }
    },
    write(items) {
      try {
        localStorage.setItem(key, JSON.stringify(items));
      } catch (error) {
        console.warn('park-interaction:', error);
      }
    },
  };
}
