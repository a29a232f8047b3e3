// The page of all customers: shows the chosen customer's conversation, and writes in it.

const CHANNELS = { web: 'web chat', whatsapp: 'WhatsApp', sms: 'SMS' };
const LOOK_AGAIN_MS = 800;

const part = (id) => document.getElementById(id);
let world = { customers: [], conversations: [] };
let agents = new Map();
let chosen = new URLSearchParams(location.search).get('id');

part('compose').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { body } = event.target.elements;
  const text = body.value.trim();
  if (!text) return;
  if (await send(`/__sim/customers/${encodeURIComponent(chosen)}/messages`, { body: text })) {
    body.value = '';
    await look();
  }
});

part('compose').elements.body.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  part('compose').requestSubmit();
});

part('newcomer').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { name, channel } = event.target.elements;
  const id = freeId(name.value.trim());
  if (await send('/__sim/customers', { id, name: name.value.trim(), channel: channel.value })) {
    event.target.reset();
    await look();
    choose(id);
    part('compose').elements.body.focus();
  }
});

await look();
setInterval(look, LOOK_AGAIN_MS);

/** Reads the world and shows it. */
async function look() {
  try {
    const [facts, now] = await Promise.all(['/__sim/facts', '/__sim/world'].map(read));
    agents = new Map(facts.agents.map((agent) => [agent.identity, agent.name]));
    world = now;
    part('trouble').textContent = '';
  } catch {
    part('trouble').textContent = 'The simulator does not answer. Is it still running?';
    return;
  }
  chosen = (customer() ?? world.customers[0])?.id;
  show();
}

async function read(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response.json();
}

async function send(address, body) {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) part('trouble').textContent = `That did not work: ${await response.text()}`;
  return response.ok;
}

function choose(id) {
  chosen = id;
  history.replaceState(null, '', `?id=${encodeURIComponent(id)}`);
  show();
}

function customer() {
  return world.customers.find(({ id }) => id === chosen);
}

function conversationOf(person) {
  return world.conversations.find(({ sid }) => sid === person?.conversation_sid);
}

function freeId(name) {
  const base =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'customer';
  const taken = new Set(world.customers.map(({ id }) => id));
  let id = base;
  for (let count = 2; taken.has(id); count += 1) id = `${base}-${count}`;
  return id;
}

function show() {
  replace(part('customers'), world.customers.map(entry));
  const person = customer();
  const conversation = conversationOf(person);
  setText(part('who'), person ? `${person.name}, ${CHANNELS[person.channel]}` : 'Nobody is here yet');
  setText(part('state'), stateOf(conversation));
  const log = part('messages');
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const changed = replace(
    log,
    (conversation?.messages ?? []).map((message) => bubble(message, person)),
  );
  if (changed && atEnd) log.scrollTop = log.scrollHeight;
}

function stateOf(conversation) {
  if (!conversation) return 'Nothing written yet: the first message begins a contact.';
  if (conversation.state === 'closed') return 'This conversation has ended: the next message begins a new one.';
  const present = conversation.participants.map(({ identity }) => agents.get(identity)).filter(Boolean);
  if (present.length > 0) return `With ${present.join(' and ')}`;
  return 'No agent is in the conversation at the moment.';
}

function entry(person) {
  const last = conversationOf(person)?.messages.at(-1);
  const button = element('button', { type: 'button', onclick: () => choose(person.id) }, [
    element('span', {}, [person.name]),
    element('small', {}, [CHANNELS[person.channel]]),
    element('small', { className: 'preview' }, [last?.body ?? '']),
  ]);
  button.setAttribute('aria-current', String(person.id === chosen));
  return element('li', {}, [button]);
}

function bubble(message, person) {
  const mine = message.author === person.address;
  const name = mine ? 'You' : (agents.get(message.author) ?? message.author);
  const at = new Date(message.date_created);
  const time = element('time', { dateTime: at.toISOString() }, [
    at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }),
  ]);
  return element('li', { className: mine ? 'mine' : '' }, [
    element('p', {}, [`${name} `, time]),
    element('p', {}, [message.body]),
  ]);
}

/** Replaces the children of `parent` that differ from `nodes`. Others keep the focus and are not read aloud again. */
function replace(parent, nodes) {
  let changed = false;
  nodes.forEach((node, index) => {
    const old = parent.children[index];
    if (old?.isEqualNode(node)) return;
    changed = true;
    const focused = old?.contains(document.activeElement);
    if (old) old.replaceWith(node);
    else parent.append(node);
    if (focused) node.querySelector('button')?.focus();
  });
  while (parent.children.length > nodes.length) {
    changed = true;
    parent.lastElementChild.remove();
  }
  return changed;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function element(name, properties, children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}
