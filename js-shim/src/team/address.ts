// The supervisor's choices in the page's address, so that it can be shared. The search is not there: browsers and web servers keep
// addresses, and a search is a customer's name or number.

/** The names of the choices there; see the core's module `saved`. */
const NAMES = ['scope', 'agent', 'queue', 'channel', 'reason', 'overdue', 'unanswered', 'sort', 'order'] as const;

/** The address as the page was opened. Flex replaces it while it starts. */
const opened = performance.getEntriesByType('navigation')[0]?.name;

/** Returns true if a path is that of the view. Flex ends it with a slash. */
const isOf = (pathname: string, viewName: string): boolean => pathname.replace(/\/$/, '').endsWith(`/${viewName}`);

/**
 * Returns the choices of the page's address, if it has a scope, or else those that the tab has kept. A reload has both, and keeps the
 * search; the address of a colleague has other choices.
 */
export function openedChoices(viewName: string, kept: Record<string, string> | undefined) {
  const { pathname, searchParams } = new URL(opened ?? location.href);
  if (!isOf(pathname, viewName) || !searchParams.has(NAMES[0])) return kept;
  const shared = Object.fromEntries(NAMES.flatMap((name) => pair(name, searchParams.get(name))));
  // The scope of the supervisor's role is kept only once it was chosen.
  const before: Record<string, string> = { scope: shared.scope, ...kept };
  return NAMES.every((name) => shared[name] === before[name]) ? before : shared;
}

const pair = (name: string, value: string | null): [string, string][] => (value === null ? [] : [[name, value]]);

/** Writes the choices into the page's address, beside what others have there. */
export function shareChoices(viewName: string, choices: Record<string, string>): void {
  const url = new URL(location.href);
  if (!isOf(url.pathname, viewName)) return;
  for (const name of NAMES) {
    url.searchParams.delete(name);
    if (name in choices) url.searchParams.set(name, choices[name]);
  }
  // The state is Flex's own.
  if (url.href !== location.href) history.replaceState(history.state, '', url);
}
