// Work that starts at a steady rate, independent of its duration.

/** Starts `work` for each of `items`, `rate` of them a second. Returns when all are done. */
export async function atRate(items, rate, work) {
  const began = performance.now();
  const done = [];
  for (const [number, item] of items.entries()) {
    await until(began + (number * 1000) / rate);
    done.push(work(item));
  }
  return Promise.all(done);
}

/** Waits for a random time between `least` and `most` milliseconds. */
export function pause(least, most) {
  return sleep(least + Math.random() * (most - least));
}

async function until(moment) {
  const left = moment - performance.now();
  if (left > 0) await sleep(left);
}

/** Waits for a number of milliseconds. */
export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
