// What stands on every page before and beside Blazor: the theme, where panels stand, and small things that need no server.
// It runs in the head, so that nothing moves or changes its colour after it was drawn. What people chose is kept in this browser alone.
(function () {
  const root = document.documentElement, phone = matchMedia('(max-width: 800px)'), light = matchMedia('(prefers-color-scheme: light)');
  const kept = (key, otherwise) => localStorage.getItem(key) ?? otherwise;
  const keep = (key, value) => localStorage.setItem(key, value);

  // Theme: as the system has it until somebody chooses. In a frame of another site the browser tells what that page looks like as the
  // system's, and who put the frame there may choose.
  const asked = 'embed' in root.dataset ? new URLSearchParams(location.search).get('theme') : null;
  function applyTheme() {
    const chosen = ['dark', 'light'].includes(asked) ? asked : kept('theme', 'system');
    const theme = chosen === 'system' ? (light.matches ? 'light' : 'dark') : chosen;
    if (root.dataset.theme === theme && root.dataset.themeChosen === chosen) return;
    root.dataset.theme = theme;
    root.dataset.themeChosen = chosen;
    document.dispatchEvent(new CustomEvent('themechange'));
  }
  applyTheme();
  light.addEventListener('change', applyTheme);

  // The panel of the viewer. On a phone it is a sheet, which begins as its tabs alone.
  // Plots may have half of the window.
  const leastWidth = 280, mostWidth = () => Math.max(720, innerWidth / 2);
  function applyPanel() {
    root.dataset.panel = phone.matches ? (root.dataset.sheet ?? 'closed') : kept('panel', 'open');
    root.dataset.panelSide = kept('panel-side', 'right');
    root.dataset.layout = kept('layout', 'four');
    root.style.setProperty('--panel-width', `${Math.max(leastWidth, Math.min(mostWidth(), +kept('panel-width', 320) || 320))}px`);
    // Where the lines between the panes are (splitters.js), for the skeleton.
    let [col, row] = [.5, .5];
    try { [col, row] = JSON.parse(kept('panes', '[0.5,0.5]')).map(Number); } catch { /* as if nothing were kept */ }
    for (const [name, share] of [['col', col], ['row', row]]) {
      root.style.setProperty(`--${name}`, `${share}fr`);
      root.style.setProperty(`--${name}2`, `${1 - share}fr`);
    }
  }
  applyPanel();
  phone.addEventListener('change', applyPanel);
  function showPanel(open) {
    if (phone.matches) root.dataset.sheet = open ? 'open' : 'closed';
    else keep('panel', open ? 'open' : 'closed');
    applyPanel();
  }
  function widen(px) {
    keep('panel-width', Math.round(Math.max(leastWidth, Math.min(mostWidth(), px))));
    applyPanel();
    document.querySelector('[data-panel-resize]')?.setAttribute('aria-valuenow', kept('panel-width', 320));
  }
  function layout(name) {
    const viewer = window.dendrite;
    if (name !== 'one') { keep('layout', name); applyPanel(); }
    if (viewer) viewer.maximize(name === 'one' ? viewer.active?.index ?? 0 : null);
  }
  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen(); else root.requestFullscreen?.().catch(() => {});
  }
  let copying = Promise.resolve(null);
  async function copyText(address) {
    try { await navigator.clipboard.writeText(address); return null; } catch { /* not allowed, or not over plain http */ }
    const field = document.body.appendChild(Object.assign(document.createElement('textarea'), { value: address }));
    field.select();
    const isCopied = document.execCommand('copy');
    field.remove();
    return isCopied ? null : address;
  }
  window.dendriteShell = {
    rememberTab: name => keep('panel-tab', name),
    tab: () => kept('panel-tab', 'display'),
    togglePanel: () => showPanel(root.dataset.panel !== 'open'),
    showPanel, fullScreen,
    kept: key => kept(key, null),
    keep: (key, value) => value === null ? localStorage.removeItem(key) : keep(key, value),
    // The catalog sorts by when datasets were opened here; those opened long ago are forgotten.
    opened(id) {
      let times = {};
      try { times = JSON.parse(kept('opened', '{}')); } catch { /* begins anew */ }
      times[id] = Date.now();
      keep('opened', JSON.stringify(Object.fromEntries(Object.entries(times).sort((a, b) => b[1] - a[1]).slice(0, 500))));
    },
    // The address whose copying at the click before failed, or null.
    notCopied: () => copying,
    timeZone: () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? null,
    hasDecimalComma: () => new Intl.NumberFormat(navigator.language).formatToParts(1.5).some(p => p.type === 'decimal' && p.value === ','),
  };

  document.addEventListener('pointerdown', e => {
    const handle = e.target.closest('[data-panel-resize]');
    if (!handle) return;
    handle.setPointerCapture(e.pointerId);
    const begin = e.clientX, width = handle.parentElement.getBoundingClientRect().width, left = root.dataset.panelSide === 'left';
    const drag = m => widen(width + (left ? m.clientX - begin : begin - m.clientX));
    handle.addEventListener('pointermove', drag);
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', drag), { once: true });
  });
  document.addEventListener('focusin', e => e.target.closest?.('[data-panel-resize]')
    ?.setAttribute('aria-valuenow', kept('panel-width', 320)));
  document.addEventListener('keydown', e => {
    const handle = e.target.closest?.('[data-panel-resize]'), by = { ArrowLeft: 16, ArrowRight: -16 }[e.key];
    if (!handle || !by) return;
    e.preventDefault();
    e.stopPropagation();
    widen(handle.parentElement.getBoundingClientRect().width + (root.dataset.panelSide === 'left' ? -by : by));
  }, true);

  document.addEventListener('click', async e => {
    const at = selector => e.target.closest(selector);
    if (at('[data-theme-set]')) { keep('theme', at('[data-theme-set]').dataset.themeSet); applyTheme(); }
    if (at('[data-panel-toggle]')) showPanel(root.dataset.panel !== 'open');
    const side = at('[data-panel-side]:not(html)');
    if (side) { keep('panel-side', side.dataset.panelSide); keep('panel', 'open'); applyPanel(); }
    if (at('[data-layout-set]')) layout(at('[data-layout-set]').dataset.layoutSet);
    if (at('[data-fullscreen]')) fullScreen();
    if (at('[data-print]')) print();
    // A tab of the sheet opens it; the one that is open closes it.
    const tab = at('.panel [role=tab]');
    if (tab && phone.matches) showPanel(root.dataset.panel !== 'open' || tab.getAttribute('aria-selected') !== 'true');
    const address = at('[data-copy-address]');
    if (address) copying = copyText(new URL(address.dataset.copyAddress, location.origin).href);
    const text = at('[data-copy-text]');
    if (text) copying = copyText(text.dataset.copyText);
    // The button's own content is Blazor's; that it was copied is told by an attribute.
    const copy = at('[data-copy-link]');
    if (copy) {
      const field = copy.parentElement.querySelector('[data-copy]') ?? document.querySelector('[data-copy]');
      field.select();
      try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand('copy'); }
      copy.dataset.copied = '';
      copy.setAttribute('aria-label', 'Copied');
    }
  }, true);

  // A card's picture turns while the pointer rests on it.
  let turning = null;
  document.addEventListener('pointerover', e => {
    const card = e.target.closest('.card');
    const image = card?.querySelector('img[data-turn]');
    if (!image || turning?.image === image) return;
    stop();
    const base = image.dataset.base ??= image.src;
    turning = { image, angle: 30 };
    (async function step(mine) {
      while (turning === mine) {
        mine.angle = (mine.angle + 15) % 360;
        const next = new Image();
        next.src = `${base}&v=1&cam=${mine.angle > 180 ? mine.angle - 360 : mine.angle},20,0,0,0,0`;
        try { await next.decode(); } catch { return; }
        if (turning === mine) image.src = next.src;
        await new Promise(r => setTimeout(r, 60));
      }
    })(turning);
  });
  document.addEventListener('pointerout', e => {
    if (turning && !turning.image.closest('.card').contains(e.relatedTarget)) stop();
  });
  function stop() { if (turning) { turning.image.src = turning.image.dataset.base; turning = null; } }
})();
