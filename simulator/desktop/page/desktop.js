// Starts Flex for the agent in the address. Without one, lets the visitor choose an agent.

const facts = await (await fetch('/__sim/facts')).json();
if (signIn()) {
  await Twilio.Flex.runDefault(
    {
      logLevel: 'warn',
      pluginService: { enabled: true },
      disableBrowserVoice: true,
      notifications: { enabled: false },
      sso: { accountSid: facts.accountSid },
    },
    '#container',
  );
} else {
  document.querySelector('#container').replaceWith(chooser());
}

/**
 * Returns true if the address contains a sign-in. Flex changes the address to one without it, so a reload of that
 * address repeats the last sign-in of this tab.
 */
function signIn() {
  const KEPT = 'sign-in';
  const isSignIn = (query) => new URLSearchParams(query ?? '').has('Token');
  if (isSignIn(location.search)) sessionStorage.setItem(KEPT, location.search);
  else if (location.pathname !== '/' && isSignIn(sessionStorage.getItem(KEPT))) {
    history.replaceState(null, '', location.pathname + sessionStorage.getItem(KEPT));
  }
  return isSignIn(location.search);
}

function chooser() {
  const page = element('main', { className: 'chooser' }, element('h1', {}, 'Who are you?'));
  for (const { name, url } of facts.agents) {
    page.append(element('a', { href: url }, `${name} `, element('small', {}, 'agent desktop')));
  }
  page.append(element('a', { href: '/customer' }, 'A customer ', element('small', {}, 'web chat, WhatsApp and SMS')));
  return page;
}

function element(name, properties, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}
