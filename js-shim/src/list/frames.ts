// One drawing for many changes.

/** The time after which something happens without a frame, in milliseconds: a page that has just been hidden has none. */
const WITHOUT_FRAME_MS = 100;

/** The most frames for which a drawing waits while more changes come. */
const MOST_FRAMES = 12;

/** The time between two drawings while pages of a long list come, in milliseconds. */
const BETWEEN_PAGES_MS = 250;

/** A request that no frame has. */
const NO_FRAME = -1;

/** Gathers changes, and calls `draw` once for many of them. */
export class Frames {
  private acts: (() => void)[] = [];
  private waited = 0;
  private request = 0;
  private timer?: ReturnType<typeof setTimeout>;
  private later?: ReturnType<typeof setTimeout>;
  private drawnAt = -Infinity;

  constructor(private draw: () => void) {}

  /** Calls `act` in the next frame, and `draw` in the first one without such a call. */
  act = (act: () => void): void => {
    this.acts.push(act);
    this.next();
  };

  /** Calls `draw` in the next frame; while pages come, some time after the last drawing. */
  drawSoon = (pagesCome = false): void => {
    const wait = this.drawnAt + BETWEEN_PAGES_MS - performance.now();
    if (pagesCome && wait > 0) this.later ??= setTimeout(this.next, wait);
    else this.next();
  };

  private next = (): void => {
    if (this.request) return;
    if (document.hidden) {
      // It has no frames, and the browser delays its timers by up to a minute: nothing is gathered.
      this.request = NO_FRAME;
      queueMicrotask(this.run);
      return;
    }
    this.request = requestAnimationFrame(this.run);
    this.timer = setTimeout(this.run, WITHOUT_FRAME_MS);
  };

  private run = (): void => {
    cancelAnimationFrame(this.request);
    clearTimeout(this.timer);
    const acts = this.acts.splice(0);
    try {
      acts.forEach((act) => act());
    } finally {
      this.request = 0;
      this.waited += 1;
      if (acts.length && this.waited < MOST_FRAMES) this.next();
      else this.end();
    }
  };

  private end(): void {
    clearTimeout(this.later);
    this.later = undefined;
    this.waited = 0;
    this.drawnAt = performance.now();
    this.draw();
  }
}
