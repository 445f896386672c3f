// Text that is typed and not saved yet is kept in this browser until it is saved or given up: it survives a reload, a lost connection and a
// restarted server. Works without the circuit: whatever has [data-draft] is watched here, and Blazor only asks. A draft is of a person, a
// field and a tab, so that two tabs that write the same field keep both texts; one that was closed leaves its draft to whoever comes next.
(function () {
  const prefix = 'draft:', days = 30, day = 86400000;
  const tab = sessionStorage.getItem('draft-tab') ?? newTab();
  function newTab() {
    const id = Math.random().toString(36).slice(2, 10);
    sessionStorage.setItem('draft-tab', id);
    return id;
  }

  // A tab is open while it holds its lock. A tab that was duplicated has the other's id; the locks tell the two apart.
  let mine = tab, ready = Promise.resolve();
  const hold = id => new Promise(resolve => navigator.locks.request(`${prefix}${id}`, { ifAvailable: true }, lock => {
    resolve(!!lock);
    return lock && new Promise(() => {});
  }));
  if (navigator.locks) ready = hold(tab).then(async held => { if (!held) { mine = newTab(); await hold(mine); } }).catch(() => {});
  async function openTabs() {
    if (!navigator.locks) return new Set([mine]);
    const { held } = await navigator.locks.query();
    return new Set(held.map(l => l.name.startsWith(prefix) ? l.name.slice(prefix.length) : ''));
  }

  const nameOf = (key, id) => `${prefix}${key}|${id}`;
  function parse(name) {
    try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
  }
  function all() {
    const found = [];
    for (let i = 0; i < localStorage.length; i++) {
      const name = localStorage.key(i);
      if (!name.startsWith(prefix)) continue;
      const at = name.lastIndexOf('|'), draft = parse(name);
      found.push({ name, key: name.slice(prefix.length, at), tab: name.slice(at + 1), draft });
    }
    return found;
  }
  for (const d of all()) if (!d.draft || Date.now() - d.draft.at > days * day) localStorage.removeItem(d.name);

  // Drafts that may be shown here: this tab's, and those of tabs that are closed. Of one field the newest.
  async function mayShow() {
    await ready;
    const open = await openTabs(), newest = new Map();
    for (const d of all()) {
      if (!d.draft || (d.tab !== mine && open.has(d.tab))) continue;
      const rank = (d.tab === mine ? 1e15 : 0) + d.draft.at;
      if (!newest.has(d.key) || newest.get(d.key).rank < rank) newest.set(d.key, { ...d, rank });
    }
    return newest;
  }

  const fieldsOf = key => [...document.querySelectorAll('[data-draft]')].filter(f => f.dataset.draft === key);
  function mark(field, unsaved) {
    const box = field.closest('.draft-field');
    if (!box) return;
    if (unsaved) box.dataset.unsaved = unsaved; else delete box.dataset.unsaved;
    const counter = box.querySelector('[data-draft-most]'), most = counter?.dataset.draftMost;
    if (!counter) return;
    counter.textContent = `${field.value.length} / ${most}`;
    counter.classList.toggle('error', field.value.length > most);
  }
  function keep(field) {
    const key = field.dataset.draft, saved = field.dataset.draftSaved ?? '';
    if (field.value === saved) {
      localStorage.removeItem(nameOf(key, mine));
      mark(field, null);
      return;
    }
    const draft = { text: field.value, base: parse(nameOf(key, mine))?.base ?? saved, at: Date.now() };
    try {
      localStorage.setItem(nameOf(key, mine), JSON.stringify(draft));
      mark(field, 'kept');
    } catch {
      // The browser keeps nothing (its store is full or forbidden): then the page says that the text is only here.
      mark(field, 'only-here');
    }
  }
  document.addEventListener('input', e => { if (e.target.dataset?.draft) keep(e.target); }, true);

  window.dendriteDrafts = {
    /** The draft of a field, or null: its text, and the saved text that it began from. */
    read: async key => (await mayShow()).get(key)?.draft ?? null,
    /** The drafts whose keys begin so: of a dataset, say. */
    list: async start => [...(await mayShow()).values()].filter(d => d.key.startsWith(start))
      .map(d => ({ key: d.key, text: d.draft.text, at: d.draft.at })).sort((a, b) => a.at - b.at),
    /** A text was saved that was typed so. What was typed since is a draft upon it. */
    async saved(key, text, typed) {
      for (const d of (await mayShow()).values()) if (d.key === key && d.draft.text === typed) localStorage.removeItem(d.name);
      localStorage.removeItem(nameOf(key, mine));
      for (const field of fieldsOf(key)) {
        field.dataset.draftSaved = text;
        if (field.value === typed) field.value = text;
        keep(field);
      }
    },
    /** A field's text was changed by the page, not by typing: keeps it as typing would. */
    keep(key, text, base) {
      try {
        localStorage.setItem(nameOf(key, mine), JSON.stringify({ text, base, at: Date.now() }));
      } catch {
        // Said by mark() with the next key that is typed.
      }
    },
    /** A draft was put into its field. */
    show: key => fieldsOf(key).forEach(field => mark(field, 'kept')),
    /** Saves as if the field were left. */
    commit: key => fieldsOf(key).forEach(field => field.dispatchEvent(new Event('change', { bubbles: true }))),
    /** Somebody gave a draft up. */
    async drop(key) {
      for (const d of (await mayShow()).values()) if (d.key === key) localStorage.removeItem(d.name);
      for (const field of fieldsOf(key)) mark(field, null);
    },
  };

  // A field that was left while the server was away could not be saved; it is left once more when the server is back.
  document.addEventListener('connectionchange', e => {
    if (e.detail?.online === false) return;
    for (const field of document.querySelectorAll('[data-unsaved] [data-draft]'))
      if (field !== document.activeElement) field.dispatchEvent(new Event('change', { bubbles: true }));
  });
})();
