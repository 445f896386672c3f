// On every page: starts Blazor, lets it reconnect for as long as the page is open, and says when the server cannot be reached and what
// becomes of what was typed. Others hear of it by the event `connectionchange` of the document, whose detail is { online }.
(() => {
  const parts = { network: navigator.onLine, circuit: true, hub: true }, shownAfter = 700;
  const typed = new Map();
  let online = true, banner = null, timer = 0, isLeaving = false, mustReload = false;

  window.connection = {
    get isOnline() { return online; },
    /** Says whether a part of the connection works: the frame hub, say. */
    set(part, works) { if (parts[part] !== works) { parts[part] = works; changed(); } },
  };

  function changed() {
    const now = Object.values(parts).every(Boolean);
    if (now !== online) {
      online = now;
      document.dispatchEvent(new CustomEvent('connectionchange', { detail: { online } }));
    }
    clearTimeout(timer);
    // A connection that is back at once is not worth a word.
    timer = setTimeout(show, online ? 0 : shownAfter);
  }

  function make() {
    banner = document.body.appendChild(document.createElement('div'));
    banner.id = 'components-reconnect-modal';
    banner.className = 'connection';
    banner.setAttribute('role', 'alert');
    banner.hidden = true;
    banner.addEventListener('components-reconnect-state-changed', e => state(e.detail.state));
    banner.addEventListener('click', e => { if (e.target.closest('button')) reload(); });
  }

  function show() {
    if (!banner || isLeaving) return;
    if (online && !mustReload) { banner.hidden = true; banner.replaceChildren(); return; }
    const text = document.createElement('span'), names = unsaved();
    text.textContent = mustReload
      ? 'The server is back, but this page has to be loaded again before its buttons work. '
        + `Not saved yet: ${names.join(', ')}. Copy it first.`
      : `${parts.network ? 'The server cannot be reached' : 'This computer is offline'}. What you see and what you typed stay here; `
        + 'this page reconnects by itself.';
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Load the page again' });
    banner.replaceChildren(text, ...(mustReload ? [button] : []));
    banner.hidden = false;
  }

  function state(name) {
    if (name === 'show' || name === 'retrying' || name === 'failed') window.connection.set('circuit', false);
    if (name === 'hide') window.connection.set('circuit', true);
    // The server was restarted or has forgotten this page: its buttons are dead. Nothing that was typed is thrown away for that.
    if (name === 'rejected' || name === 'resume-failed') {
      mustReload = unsaved().length > 0;
      if (mustReload) show(); else reload();
    }
  }

  function reload() {
    isLeaving = true;
    location.reload();
  }

  // Fields whose text the server does not have: typed while it was away, or in a form that was not sent. Those marked as drafts are kept by
  // the browser and come back after the page was loaded again.
  function unsaved() {
    const names = [];
    for (const [field, isSent] of typed) {
      if (!field.isConnected || !field.value || field.closest('[data-draft], [type=search], [role=search]')) continue;
      if (isSent && !field.closest('form, dialog, [role=dialog], .mud-dialog')) continue;
      const label = field.getAttribute('aria-label') || field.labels?.[0]?.textContent.trim();
      names.push(`“${label || field.placeholder || field.name || 'a field'}”`);
    }
    return names;
  }

  const isText = e => e.isTrusted && e.target.matches?.('textarea, input:not([type=checkbox], [type=radio], [type=range], [type=file])');
  document.addEventListener('input', e => { if (isText(e)) typed.set(e.target, false); }, true);
  document.addEventListener('change', e => { if (isText(e) && typed.has(e.target)) typed.set(e.target, online); }, true);
  addEventListener('online', () => window.connection.set('network', true));
  addEventListener('offline', () => window.connection.set('network', false));
  addEventListener('beforeunload', e => { if (window.dendrite?.siteMarks?.replica?.isAtRisk) e.preventDefault(); });
  addEventListener('pagehide', () => { isLeaving = true; });
  addEventListener('pageshow', () => { isLeaving = false; });

  make();
  const retryIntervalMilliseconds = n => n === 0 ? 0 : Math.min(3000, 250 * 2 ** Math.min(n, 6));
  // Given, though empty, so that no trip is made to ask for what packages would run at the start: none has any, which a journey holds.
  const initializers = { beforeStart: [], afterStarted: [] };
  Blazor.start({ circuit: { initializers, reconnectionOptions: { maxRetries: undefined, retryIntervalMilliseconds } } });
})();
