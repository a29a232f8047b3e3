// Tells each Function the domain at which it was called: `node --require scripts/domain-hook.cjs …`, for twilio-run.
//
// Twilio runs each deployed environment at a domain of its own, and names it as DOMAIN_NAME. One twilio-run serves all domains of the
// simulator, so that it would name the same one everywhere, and the Functions would arm webhooks at a domain that is not theirs.

'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const http = require('node:http');
const Module = require('node:module');
const { join, sep } = require('node:path');

const DOMAIN = /^[a-z0-9-]+\.twil\.io$/;

/** @type {AsyncLocalStorage<string>} the domain of the request that is being handled */
const called = new AsyncLocalStorage();

const emit = http.Server.prototype.emit;
/**
 * @this {import('node:http').Server}
 * @param {string | symbol} event
 * @param {any[]} args of any event
 */
http.Server.prototype.emit = function emitWithTheDomain(event, ...args) {
  const go = () => emit.apply(this, /** @type {any} the arguments as they came */ ([event, ...args]));
  const host = event === 'request' ? args[0].headers.host : undefined;
  return typeof host === 'string' && DOMAIN.test(host) ? called.run(host, go) : go();
};

/** The folder of the Functions: twilio-run works in the one above it. */
const FUNCTIONS = join(process.cwd(), 'functions', sep);

/** @type {WeakSet<object>} the Functions whose handler has been wrapped */
const wrapped = new WeakSet();
const load = Module.prototype.require;
/**
 * @this {import('node:module')}
 * @param {string} id
 */
Module.prototype.require = function requireWithTheDomain(id) {
  const loaded = load.call(this, id);
  if (!id.startsWith(FUNCTIONS) || !(loaded?.handler instanceof Function) || wrapped.has(loaded)) return loaded;
  const { handler } = loaded;
  loaded.handler = (/** @type {{ DOMAIN_NAME: string }} */ context, /** @type {unknown[]} */ ...rest) =>
    handler({ ...context, DOMAIN_NAME: called.getStore() ?? context.DOMAIN_NAME }, ...rest);
  wrapped.add(loaded);
  return loaded;
};
