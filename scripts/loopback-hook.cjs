// Keeps a Node process on this machine: `node --require scripts/loopback-hook.cjs …`.
//
// - Whatever it listens on, it listens on 127.0.0.1 only. (twilio-run would listen on every interface.)
// - Connections to Twilio's hosts go to the simulator's TLS port, `SIMULATOR_TLS_PORT`. TLS itself is untouched: the
//   simulator shows a certificate for the host that was asked for, and NODE_EXTRA_CA_CERTS makes Node trust it.
// - A connection to any other host fails, and says so on standard error.
//
// It works below `net`, which everything else rests on: `http`, `https`, `tls` and `fetch`. Sockets stay ordinary
// sockets, so agents pool and keep them as ever.

'use strict';

const net = require('node:net');

const LOOPBACK = '127.0.0.1';
const TWILIO = /\.(twilio\.com|twil\.io)$/;

// Remembered, because twilio-run replaces the whole of `process.env` later. A test sets it when its simulator runs.
const portAtStart = process.env.SIMULATOR_TLS_PORT;
const simulatorPort = () => Number(process.env.SIMULATOR_TLS_PORT ?? portAtStart);

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function listenOnLoopback(...args) {
  return listen.apply(this, onLoopback(args));
};

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function connectToLoopback(...args) {
  const { options, replace } = destination(args);
  if (options.path || isLoopback(options.host)) return connect.apply(this, args);
  if (simulatorPort() > 0 && TWILIO.test(options.host)) {
    return connect.apply(this, replace({ ...options, host: LOOPBACK, port: simulatorPort(), lookup: undefined }));
  }
  const refusal = new Error(`loopback-hook: refused a connection to ${options.host}:${options.port}`);
  console.error(refusal.message);
  this.connecting = true; // as it would be while the name is looked up, so that writes wait for the error
  process.nextTick(() => this.destroy(refusal));
  return this;
};

/**
 * The arguments of `listen` with the address made loopback: `(port, host?, backlog?, callback?)`, `(options, callback?)`,
 * `(callback?)`; a path or an open handle has no address and stays as it is.
 */
function onLoopback(args) {
  const [first, ...rest] = args;
  if (first === undefined || first === null || typeof first === 'function') {
    return [{ port: 0, host: LOOPBACK }, ...args.filter((arg) => typeof arg === 'function')];
  }
  if (typeof first === 'object') {
    const hasAddress = first.port !== undefined && first.path === undefined;
    return hasAddress ? [{ ...first, host: LOOPBACK }, ...rest] : args;
  }
  if (!isPort(first)) return args;
  const backlog = rest.find((arg) => typeof arg === 'number');
  return [{ port: Number(first), host: LOOPBACK, backlog }, ...rest.filter((arg) => typeof arg === 'function')];
}

/**
 * Where `connect` is to go, from any of its forms: `(options, callback?)`, `(port, host?, callback?)`, `(path, callback?)`
 * and the array that `net` and `tls` hand to it inside Node. `replace` makes the same arguments with other options.
 */
function destination(args) {
  const [first, ...rest] = args;
  if (Array.isArray(first)) {
    // The array carries a mark of Node's own, so it is kept and its options are put in their place.
    return { options: first[0], replace: (options) => [Object.assign(first, { 0: options }), ...rest] };
  }
  if (typeof first === 'object') return { options: first, replace: (options) => [options, ...rest] };
  if (!isPort(first)) return { options: { path: first } };
  const host = rest.find((arg) => typeof arg === 'string');
  return {
    options: { port: Number(first), host },
    replace: (options) => [options, ...rest.filter((arg) => typeof arg === 'function')],
  };
}

function isPort(value) {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
}

function isLoopback(host) {
  return host === undefined || host === 'localhost' || host === '::1' || /^127\./.test(host);
}
