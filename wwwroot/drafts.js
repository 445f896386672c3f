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

  // What is sent has a key that its draft keeps, so that the server writes it once: also where the answer was lost, and the draft is read
  // and sent again. taken: keys of drafts of closed tabs that were put into fields here.
  const taken = new Map();
  const newOnce = () => [...crypto.getRandomValues(new Uint8Array(12))].map(b => b.toString(16).padStart(2, '0')).join('');

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
  function draftOf(key, text, saved) {
    const before = parse(nameOf(key, mine));
    return { text, base: before?.base ?? saved, at: Date.now(), once: before?.once ?? taken.get(key) ?? newOnce() };
  }
  function keep(field) {
    const key = field.dataset.draft, saved = field.dataset.draftSaved ?? '';
    if (field.value === saved) {
      taken.delete(key);
      localStorage.removeItem(nameOf(key, mine));
      mark(field, null);
      return;
    }
    const draft = draftOf(key, field.value, saved);
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
    async read(key) {
      const draft = (await mayShow()).get(key)?.draft ?? null;
      if (draft?.once) taken.set(key, draft.once);
      return draft;
    },
    /** The key by which a text is sent once: that of its draft, which is kept where there is none yet. */
    once(key, text, base) {
      const draft = draftOf(key, text, base);
      taken.set(key, draft.once);
      try {
        localStorage.setItem(nameOf(key, mine), JSON.stringify(draft));
      } catch {
        // Said by mark() with every key that is typed; while this page is open the key is known.
      }
      return draft.once;
    },
    /** What was sent by a draft's key stays; what is sent from now on has another. */
    renew(key) {
      const draft = parse(nameOf(key, mine));
      taken.set(key, newOnce());
      if (draft) localStorage.setItem(nameOf(key, mine), JSON.stringify({ ...draft, once: taken.get(key) }));
    },
    /** The drafts whose keys begin so: of a dataset, say. */
    list: async start => [...(await mayShow()).values()].filter(d => d.key.startsWith(start))
      .map(d => ({ key: d.key, text: d.draft.text, at: d.draft.at })).sort((a, b) => a.at - b.at),
    /** A text was saved that was typed so. What was typed since is a draft upon it. */
    async saved(key, text, typed) {
      taken.delete(key);
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
        localStorage.setItem(nameOf(key, mine), JSON.stringify(draftOf(key, text, base)));
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
      taken.delete(key);
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
