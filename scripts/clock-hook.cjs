// Keeps a Node server's clock with the simulator's: `node --require scripts/clock-hook.cjs …`.
//
// A test moves the simulator's clock on instead of waiting, and Functions have to find the same time as Twilio does. The simulator
// says in each request that it passes on what time it is there; from then on `Date.now()` is that much ahead.

'use strict';

const http = require('node:http');

const HEADER = 'x-simulator-time';

const now = Date.now;
let aheadMs = 0;
Date.now = () => now() + aheadMs;

const emit = http.Server.prototype.emit;
http.Server.prototype.emit = function emitAtTheTimeOfTheSimulator(event, ...args) {
  if (event === 'request') {
    const [{ headers }] = args;
    const time = Number(headers[HEADER]);
    if (Number.isFinite(time)) aheadMs = time - now();
    delete headers[HEADER];
  }
  return emit.call(this, event, ...args);
};
