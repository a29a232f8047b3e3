// Keeps a Node process on this machine: `node --require scripts/loopback-hook.cjs …`.
//
// - It listens on 127.0.0.1 only. (twilio-run would listen on every interface.)
// - Connections to Twilio's hosts go to the simulator's TLS port, `SIMULATOR_TLS_PORT`. TLS itself is untouched: the
//   simulator shows a certificate for the requested host, and NODE_EXTRA_CA_CERTS makes Node trust it.
// - A connection to any other host fails, with a line on standard error.
//
// It changes `net`, which everything else is built on: `http`, `https`, `tls` and `fetch`. Sockets stay ordinary sockets,
// so agents pool and keep them as usual.
//
// `listen` and `connect` have several forms of arguments, so the hook takes them as `any` and checks them itself.

'use strict';

const net = require('node:net');

const LOOPBACK = '127.0.0.1';
const TWILIO = /\.(twilio\.com|twil\.io)$/;

// Kept, because twilio-run replaces the whole of `process.env` later. A test sets it when its simulator runs.
const portAtStart = process.env.SIMULATOR_TLS_PORT;
const simulatorPort = () => Number(process.env.SIMULATOR_TLS_PORT ?? portAtStart);

const listen = net.Server.prototype.listen;
/**
 * @this {import('node:net').Server}
 * @param {any[]} args
 */
net.Server.prototype.listen = function listenOnLoopback(...args) {
  return listen.apply(this, /** @type {any} one of its forms */ (onLoopback(args)));
};

const connect = net.Socket.prototype.connect;
/**
 * @this {import('node:net').Socket}
 * @param {any[]} args
 */
net.Socket.prototype.connect = function connectToLoopback(...args) {
  /** @param {any[]} own */
  const go = (own) => connect.apply(this, /** @type {any} one of its forms */ (own));
  const { options, replace } = destination(args);
  const { host } = options;
  if (options.path || host === undefined || isLoopback(host)) return go(args);
  if (simulatorPort() > 0 && TWILIO.test(host)) {
    return go(replace({ ...options, host: LOOPBACK, port: simulatorPort(), lookup: undefined }));
  }
  const refusal = new Error(`loopback-hook: refused a connection to ${options.host}:${options.port}`);
  console.error(refusal.message);
  // As it is while a name is looked up, so that writes wait for the error. It is read-only for everybody else.
  /** @type {{ connecting: boolean }} */ (this).connecting = true;
  process.nextTick(() => this.destroy(refusal));
  return this;
};

/**
 * Returns the arguments of `listen` with a loopback address: `(port, host?, backlog?, callback?)`, `(options, callback?)`,
 * `(callback?)`; a path or an open handle has no address and stays as it is.
 *
 * @param {any[]} args
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
 * Reads the destination of `connect` from any of its forms: `(options, callback?)`, `(port, host?, callback?)`,
 * `(path, callback?)` and the array that `net` and `tls` pass to it inside Node.
 *
 * @typedef {{ host?: string, port?: number | string, path?: string, lookup?: undefined }} Address
 * @param {any[]} args
 * @returns {{ options: Address, replace: (options: Address) => any[] }} `replace` makes the same arguments with other options
 */
function destination(args) {
  const [first, ...rest] = args;
  if (Array.isArray(first)) {
    // The array carries a mark of Node's own, so the options are replaced within it.
    return { options: first[0], replace: (options) => [Object.assign(first, { 0: options }), ...rest] };
  }
  if (typeof first === 'object') return { options: first, replace: (options) => [options, ...rest] };
  if (!isPort(first)) return { options: { path: first }, replace: () => args };
  const host = rest.find((arg) => typeof arg === 'string');
  return {
    options: { port: Number(first), host },
    replace: (options) => [options, ...rest.filter((arg) => typeof arg === 'function')],
  };
}

/** @param {unknown} value */
function isPort(value) {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
}

/** @param {string} host */
function isLoopback(host) {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
