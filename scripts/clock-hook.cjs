// Keeps a Node server's clock with the simulator's: `node --require scripts/clock-hook.cjs …`.
//
// A test moves the simulator's clock on instead of waiting, and the Functions must see the same time as Twilio. Each request that
// the simulator passes on has its time in a header; from then on `Date.now()` is ahead by the difference.

'use strict';

const http = require('node:http');

const HEADER = 'x-simulator-time';

const now = Date.now;
let aheadMs = 0;
Date.now = () => now() + aheadMs;

const emit = http.Server.prototype.emit;
/**
 * @this {import('node:http').Server}
 * @param {string | symbol} event
 * @param {any[]} args of any event
 */
http.Server.prototype.emit = function emitAtTheTimeOfTheSimulator(event, ...args) {
  if (event === 'request') {
    const [{ headers }] = args;
    const time = Number(headers[HEADER]);
    if (Number.isFinite(time)) aheadMs = time - now();
    delete headers[HEADER];
  }
  return emit.apply(this, /** @type {any} the arguments as they came */ ([event, ...args]));
};
