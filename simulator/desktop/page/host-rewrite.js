// Redirects the page's requests to Twilio's hosts to the page's own origin, under `/__host/<host>/…`. Runs before
// React and Flex. So any browser can open the page without flags or a certificate, and no request leaves the
// machine. The page's content security policy stops requests that this script misses.
(() => {
  const twilio =
    /^(?:(https?|wss?):)?\/\/([a-z0-9.-]+\.(?:twilio\.com|twil\.io|twiliocdn\.com))(?::\d+)?(?=[/?#]|$)(.*)$/i;
  const secure = location.protocol === 'https:';

  /** Returns `url` below this origin if it names a host of Twilio, otherwise unchanged. */
  const rewrite = (url) => {
    const [, scheme, host, rest] = twilio.exec(String(url)) ?? [];
    if (!host) return url;
    const socket = scheme?.startsWith('ws');
    const own = socket ? `${secure ? 'wss' : 'ws'}://${location.host}` : location.origin;
    return `${own}/__host/${host.toLowerCase()}${rest}`;
  };
  const rewriteCss = (css) =>
    String(css).replace(/(url\(\s*["']?|@import\s+["'])([^"')]+)/g, (_, start, url) => start + rewrite(url));

  const { fetch } = window;
  // A request was made for the page's own origin: see below.
  window.fetch = (input, init) => fetch(input instanceof Request ? input : rewrite(input), init);

  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    return open.call(this, method, rewrite(url), ...rest);
  };

  const { sendBeacon } = Navigator.prototype;
  Navigator.prototype.sendBeacon = function (url, data) {
    return sendBeacon.call(this, rewrite(url), data);
  };

  for (const name of ['Request', 'WebSocket', 'EventSource', 'Worker', 'SharedWorker', 'Audio']) {
    const Native = window[name];
    if (!Native) continue;
    window[name] = new Proxy(Native, {
      construct: (target, [url, ...rest], newTarget) =>
        Reflect.construct(target, url === undefined ? [] : [rewrite(url), ...rest], newTarget),
    });
  }

  for (const [name, property] of [
    ['HTMLScriptElement', 'src'],
    ['HTMLLinkElement', 'href'],
    ['HTMLImageElement', 'src'],
    ['HTMLMediaElement', 'src'],
    ['HTMLSourceElement', 'src'],
    ['HTMLIFrameElement', 'src'],
  ]) {
    const { prototype } = window[name];
    const native = Object.getOwnPropertyDescriptor(prototype, property);
    Object.defineProperty(prototype, property, {
      ...native,
      set(url) {
        native.set.call(this, rewrite(url));
      },
    });
    // React sets attributes, not properties.
    const { setAttribute } = prototype;
    prototype.setAttribute = function (attribute, value) {
      return setAttribute.call(this, attribute, attribute.toLowerCase() === property ? rewrite(value) : value);
    };
  }

  const { insertRule } = CSSStyleSheet.prototype;
  CSSStyleSheet.prototype.insertRule = function (rule, ...rest) {
    return insertRule.call(this, rewriteCss(rule), ...rest);
  };
})();
