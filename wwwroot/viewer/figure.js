// What the figure's and the movie's dialogs ask of the browser: how large the panes are, what was chosen last, and to save a file.
const remembered = 'dendrite.figure';

/** Width and height in CSS pixels of all panes together, and of each by its number; a hidden pane is as large as all. */
export function sizes() {
  const size = element => {
    const r = element?.getBoundingClientRect();
    return r?.width > 0 ? [Math.round(r.width), Math.round(r.height)] : null;
  };
  const all = size(document.querySelector('#panes')) ?? [800, 600];
  return { all, panes: [0, 1, 2, 3].map(i => size(document.querySelector(`[data-pane="${i}"]`)) ?? all) };
}

/** What was chosen last, or null. A browser that keeps nothing has no last choice. */
export function recall() {
  try { return localStorage.getItem(remembered); } catch { return null; }
}

export function remember(choices) {
  try { localStorage.setItem(remembered, choices); } catch { /* The dialog begins with its usual choices next time. */ }
}

/** Fetches a file and saves it under the name that the server gives it. Answers what went wrong, or ''. */
export async function save(url) {
  const answer = await ask(url);
  if (typeof answer === 'string') return answer;
  const name = /filename="?([^";]+)/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1] ?? 'figure';
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(await answer.blob()), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 5000);
  return '';
}

/** Why an address gives no picture, in the server's words. */
export async function why(url) {
  const answer = await ask(url);
  return typeof answer === 'string' ? answer : '';
}

async function ask(url) {
  try {
    const answer = await fetch(url);
    if (answer.ok) return answer;
    return (await answer.json().catch(() => ({}))).error ?? `The server answered ${answer.status}; try again.`;
  } catch {
    return 'The server cannot be reached; try again when the viewer is connected.';
  }
}
