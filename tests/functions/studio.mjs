// The part of Studio that the samples' flows need: a message from a conversation's webhook runs the flow from its trigger to its
// end. Widgets, transitions and variables are those that Twilio documents:
// https://www.twilio.com/docs/studio/widget-library and https://www.twilio.com/docs/studio/user-guide/liquid-template-language

import assert from 'node:assert/strict';

/** The longest run of a Function before the widget fails. */
const FUNCTION_LIMIT_MS = 10_000;

/**
 * Runs `flow` for a delivery of the simulator's journal, with the account of `desk`. Returns the names of the executed
 * widgets.
 */
export async function runFlow(flow, { params }, desk) {
  const state = (name) => flow.states.find((known) => known.name === name);
  const variables = { trigger: { conversation: params }, widgets: {} };
  const passed = [];
  let event = { name: 'incomingConversationMessage' };
  let widget = state(flow.initial_state);
  for (;;) {
    const next = transition(widget, event, variables)?.next;
    if (next === undefined) return passed;
    widget = state(next);
    assert.ok(widget, `the flow has no widget ${next}`);
    passed.push(next);
    event = await widgets[widget.type](widget, variables, desk);
  }
}

/**
 * Returns the transition of a widget for an event.
 *
 * @param {any} widget as in the flow
 * @param {{ name: string, value?: string }} event
 * @param {object} variables
 */
function transition({ transitions }, { name, value }, variables) {
  return transitions.find(
    ({ event, conditions = [] }) =>
      event === name &&
      conditions.every((condition) => {
        assert.equal(condition.type, 'equal_to');
        assert.deepEqual(
          condition.arguments.map((text) => filled(text, variables)),
          [value],
        );
        return condition.value === value;
      }),
  );
}

const widgets = {
  'run-function': async ({ name, properties }, variables, desk) => {
    const { pathname, host } = new URL(properties.url);
    assert.equal(host, desk.facts.functionsDomain);
    const fields = properties.parameters.map(({ key, value }) => [key, filled(value, variables)]);
    const started = Date.now();
    const { status, body } = await desk.signed(pathname, Object.fromEntries(fields));
    variables.widgets[name] = { parsed: body };
    return { name: status < 300 && Date.now() - started < FUNCTION_LIMIT_MS ? 'success' : 'fail' };
  },
  'split-based-on': async (widget, variables) => {
    const value = filled(widget.properties.input, variables);
    const matches = transition(widget, { name: 'match', value }, variables);
    return { name: matches ? 'match' : 'noMatch', value };
  },
  'send-message': async ({ properties }, { trigger }, desk) => {
    const conversation = desk.client.conversations.v1.conversations(trigger.conversation.ConversationSid);
    await conversation.messages.create({ body: properties.body });
    return { name: 'sent' };
  },
};

/** Fills in the variables of a template. A variable without a value becomes an empty text. */
function filled(template, variables) {
  return template.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, path) => {
    const value = path.split('.').reduce((found, key) => found?.[key], variables);
    return value ?? '';
  });
}
