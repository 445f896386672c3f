// A page that is loaded anew is a new page to the others. Its tab keeps which page it was and whether it presented, from the end of the one
// to the beginning of the next, so that a tab that is copied has nothing of it. A presentation goes on only where the page was loaded anew:
// whoever left it and comes back, or opens the tab again later, does not present unasked.
const key = ({ dataset }) => `left:${dataset}`, presentsWithin = 60_000;

function read(root) {
  try { return JSON.parse(sessionStorage.getItem(key(root.dataset))) ?? {}; } catch { return {}; }
}

export function leave(root, isPresenting) {
  const { session } = root.dataset;
  try { sessionStorage.setItem(key(root.dataset), JSON.stringify({ session, isPresenting, at: Date.now() })); } catch { /* Forbidden. */ }
}

/** Whether the page was loaded anew while its person presented. */
export function presented(root) {
  const { isPresenting, at } = read(root);
  return !!isPresenting && Date.now() - at < presentsWithin && performance.getEntriesByType('navigation')[0]?.type === 'reload';
}

/** The session of the page before, empty for none, and whether it presented; asked for once. */
export function take(root) {
  const was = { session: read(root).session ?? '', presented: presented(root) };
  try { sessionStorage.removeItem(key(root.dataset)); } catch { /* Forbidden. */ }
  return was;
}
