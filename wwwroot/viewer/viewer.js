// The viewer in the browser: holds the view, talks to the frame hub, and hands frames to the panes.
import { length, sub, depthOf, formatVoxel } from './geometry.js';
import { decimals } from './overlay.js';
import { Pane } from './pane.js';
import { Timeline } from './timeline.js';
import { TransferEditor } from './transfer.js';
import { saveFigure } from './figure.js';
import { saveChart } from './chart.js';

const paneNames = ['z', 'y', 'x', 'volume'];
const keptViews = 400;
let current = null;

export async function start() {
  stop();
  current = new Viewer(document.getElementById('viewer'));
  window.dendrite = current;
  current.connect();
  // The panel that was open last in this browser.
  return dendriteShell.tab();
}

export function stop() { current?.end(); current = null; }

class Viewer {
  constructor(root) {
    Object.assign(this, { root, ended: new AbortController(), scene: null, view: null, revision: 0, sites: [], left: null, tool: 'navigate', active: null, pending: null, asking: 0, views: new Map(), latencies: [], changedAt: new Map() });
    this.panes = [0, 1, 2, 3].map(i => new Pane(this, root.querySelector(`[data-pane="${i}"]`), i));
    this.timeline = new Timeline(this, root.querySelector('#timeline'));
    const options = { signal: this.ended.signal };
    root.addEventListener('click', e => this.click(e), options);
    addEventListener('keydown', e => this.key(e), options);
    addEventListener('resize', () => this.layout(), options);
    document.addEventListener('themechange', () => { this.timeline.draw(); this.transfer?.draw(); }, options);
    this.resized = new ResizeObserver(() => this.layout());
    this.resized.observe(root.querySelector('#panes'));
    this.mounted = new MutationObserver(() => this.mount());
    this.mounted.observe(root, { childList: true, subtree: true });
    this.splitters();
  }

  end() {
    this.ended.abort();
    this.resized.disconnect();
    this.mounted.disconnect();
    this.timeline.stop();
    this.connection?.stop();
  }

  get mayEdit() { return this.scene && this.scene.role !== 'view'; }

  // The hub reconnects for as long as the page is open; each time it joins the same session, and begins it again where the
  // server forgot it, from the address bar.
  async connect() {
    const hub = new signalR.HubConnectionBuilder().withUrl('/hubs/frames').withHubProtocol(new signalR.protocols.msgpack.MessagePackHubProtocol())
      .withAutomaticReconnect({ nextRetryDelayInMilliseconds: c => Math.min(5000, 200 * 2 ** Math.min(c.previousRetryCount, 5)) })
      .configureLogging(signalR.LogLevel.Error).build();
    this.connection = hub;
    hub.on('frame', (pane, ...frame) => this.panes[pane].show(...frame));
    // Changes may overtake each other on the way; an older one says nothing new.
    hub.on('view', (json, revision, awaited) => { if (revision >= this.revision) this.accept(JSON.parse(json), revision); this.await(awaited); });
    hub.on('dataset', json => { if (this.scene) { Object.assign(this.scene, JSON.parse(json)); this.overlays(); } });
    hub.on('sites', json => { this.sites = JSON.parse(json); this.overlays(); });
    hub.on('here', n => { this.root.querySelector('#here').textContent = n > 1 ? `${n} here` : ''; });
    hub.on('loaded', hours => { this.timeline.loaded = hours; this.timeline.draw(); });
    hub.on('address', query => history.replaceState(history.state, '', `${location.pathname}?${query}`));
    hub.on('say', (pane, text) => { this.panes[pane].note.textContent = text; this.exactness(); });
    // The page is asked for again, so that the server says why: a link that ended, a changed password, a role that was taken away.
    hub.on('closed', why => {
      this.closed = true;
      if (why) location.replace(`/gone?why=${why}`);
      else location.reload();
    });
    hub.onreconnecting(() => this.state('reconnecting', false));
    hub.onreconnected(() => this.begin());
    hub.onclose(() => { if (!this.ended.signal.aborted && !this.closed) setTimeout(() => this.begin(), 1000); });
    await this.begin();
  }

  async begin() {
    if (this.ended.signal.aborted || this.closed) return;
    const hub = this.connection;
    try {
      if (hub.state === 'Disconnected') {
        this.state('connecting', false);
        await hub.start();
      }
      if (hub.state === 'Connected') await this.join();
    } catch { setTimeout(() => this.begin(), 2000); }
  }

  async join() {
    let json;
    try {
      json = await this.connection.invoke('Join', this.root.dataset.session, this.root.dataset.dataset, location.search);
    } catch (e) {
      if (/not open to you/.test(e.message)) { this.closed = true; location.replace('/gone'); }
      throw e;
    }
    const first = !this.scene, scene = JSON.parse(json);
    this.scene = scene;
    this.revision = scene.revision;
    this.views.clear();
    this.panes.forEach(p => p.restart());
    this.accept(scene.view, scene.revision);
    this.layout(true);
    this.mount();
    if (first) this.root.dataset.ready = 'true';
  }

  accept(view, revision) {
    this.view = this.pending ? { ...view, ...this.pending } : view;
    this.remember(revision);
    this.maximizedChanged();
    this.refresh();
  }

  remember(revision) {
    this.revision = Math.max(this.revision, revision);
    this.views.set(revision, this.view);
    if (this.views.size > keptViews) this.views.delete(this.views.keys().next().value);
  }

  viewOf(revision) { return this.views.get(revision) ?? this.view; }

  /** Changes fields of the view: drawn over at once, sent once an animation frame. */
  patch(fields) {
    this.view = { ...this.view, ...fields };
    if (!this.pending) requestAnimationFrame(() => this.flush());
    this.pending = { ...this.pending, ...fields };
    if ('maximized' in fields) this.maximizedChanged();
    this.refresh();
    this.exactness();
  }

  async flush() {
    const change = this.pending, view = this.view, at = performance.now();
    this.pending = null;
    if (!change || this.connection.state !== 'Connected') return;
    this.asking++;
    try {
      const [revision, ...awaited] = await this.connection.invoke('Look', JSON.stringify(change));
      this.revision = Math.max(this.revision, revision);
      this.views.set(revision, view);
      this.changedAt.set(revision, at);
      if (this.changedAt.size > keptViews) this.changedAt.delete(this.changedAt.keys().next().value);
      this.await(awaited);
    } catch (e) { this.tell(e.message.replace(/^.*HubException: /, '')); }
    this.asking--;
    this.exactness();
  }

  // Of each pane, the frame from which on an exact one shows what is looked at now.
  await(numbers) {
    this.panes.forEach((p, i) => p.await(numbers[i]));
    this.exactness();
  }

  // Each part draws again only when what it shows has changed: on a slow machine the browser's painting is the bottleneck.
  refresh() {
    const v = this.view;
    this.when('timeline', [v.hours, v.modality], () => this.timeline.draw());
    this.when('transfer', v.transfer, () => this.transfer?.draw());
    this.when('marks', [v.focus, v.band, v.bandVisible, v.selected, v.hours], () => this.overlays());
  }

  when(name, value, draw) {
    const key = JSON.stringify(value);
    this.drawn ??= {};
    if (this.drawn[name] !== key) { this.drawn[name] = key; draw(); }
  }

  overlays() { this.panes.forEach(p => p.drawOverlay()); }

  drew(pane, revision) {
    const at = this.changedAt.get(revision);
    if (at) { this.latencies.push(performance.now() - at); this.changedAt.delete(revision); if (this.latencies.length > 2000) this.latencies.shift(); }
    this.exactness();
  }

  exactness() {
    const shown = this.panes.filter(p => p.size[0] > 0);
    if (this.connection?.state !== 'Connected') return;
    // A pane that says something shows what was asked for before: it waits (…), or tells what is wrong.
    // Which pictures a change leaves as they are, the server knows: until it has answered, none is said to be exact.
    const said = shown.map(p => p.note.textContent).filter(t => t), exact = !said.length && !this.pending && !this.asking && shown.every(p => p.exact);
    this.state(exact ? 'exact' : said.some(t => !t.endsWith('…')) ? 'problem' : said.length || shown.some(p => p.partial) ? 'loading' : 'moving', exact);
  }

  state(text, exact) {
    const s = this.root.querySelector('#state');
    if (s.textContent !== text) s.textContent = text;
    s.dataset.exact = exact;
  }

  send(method, ...args) { if (this.connection.state === 'Connected') this.connection.send(method, ...args).catch(() => {}); }

  async call(method, ...args) {
    try { return await this.connection.invoke(method, ...args); } catch (e) { this.tell(e.message.replace(/^.*HubException: /, '')); return null; }
  }

  tell(text) {
    this.root.querySelector('#status').textContent = text;
    this.told = performance.now();
  }

  volume(view = this.view) {
    return this.scene.volumes.find(v => v.modality === view.modality && v.hours === view.hours) ?? this.scene.volumes[0];
  }

  bounds(view = this.view) { const v = this.volume(view); return { low: v.low, high: v.high }; }

  umPerPixel(view, pane) {
    if (view.umPerPixel > 0) return view.umPerPixel;
    const b = this.bounds(view), s = sub(b.high, b.low), [w, h] = this.panes[pane].size, [across, down] = [[s[2], s[1]], [s[2], s[0]], [s[1], s[0]]][pane];
    return 1.04 * Math.max(across / Math.max(1, w), down / Math.max(1, h));
  }

  depthOf(p) { return depthOf(this.scene.depth, p); }

  hover(point) {
    this.hovered = point;
    if (!point || this.probing) return;
    this.probing = true;
    setTimeout(async () => {
      const at = this.hovered;
      this.probing = false;
      if (!at || this.connection.state !== 'Connected' || performance.now() - (this.told ?? -1e9) < 2500) return;
      const hit = await this.call('Probe', ...at), volume = this.volume(), n = decimals(Math.min(...volume.voxelUm));
      const status = this.root.querySelector('#status');
      const place = `z <b>${at[0].toFixed(n)}</b> · y <b>${at[1].toFixed(n)}</b> · x <b>${at[2].toFixed(n)}</b> µm`;
      if (!hit) { status.innerHTML = `${place} · outside the volume`; return; }
      const value = Number.isInteger(hit.value) ? hit.value.toLocaleString('en').replaceAll(',', '\u202f') : hit.value.toPrecision(6);
      status.innerHTML = `${place} · depth <b>${hit.depthUm.toFixed(n)}</b> µm · value <b>${value}</b> · `
        + `voxel ${hit.z}, ${hit.y}, ${hit.x} · ${formatVoxel(volume.voxelUm)}`;
    }, 50);
  }

  layout(force = false) {
    const ratio = Math.min(devicePixelRatio, 2), sizes = this.panes.flatMap(p => p.size.map(v => Math.round(v * ratio)));
    const key = sizes.join();
    if ((key !== this.sizes || force) && this.connection?.state === 'Connected' && this.scene) {
      this.sizes = key;
      this.connection.invoke('Layout', sizes, ratio).then(awaited => this.await(awaited), () => {});
    }
    this.overlays();
    this.placeSplitters?.();
  }

  maximize(pane) { this.patch({ maximized: pane === null ? null : paneNames[pane] }); }

  maximizedChanged() {
    const panes = this.root.querySelector('#panes'), phone = matchMedia('(max-width: 800px)').matches, full = this.view.maximized ?? (phone ? 'volume' : null);
    if (full) panes.dataset.full = full; else delete panes.dataset.full;
    // 3D beside the slice that was used last.
    if (this.active && !this.active.is3d) this.slice = this.active.index;
    const { layout = 'four' } = document.documentElement.dataset;
    Object.assign(panes.dataset, { layout: full ? 'one' : layout, beside: paneNames[this.slice ?? 0] });
    this.root.querySelectorAll('[data-full]').forEach(b => { if (b !== panes) b.setAttribute('aria-pressed', b.dataset.full === full); });
    requestAnimationFrame(() => this.layout());
  }

  splitters() {
    const panes = this.root.querySelector('#panes');
    const make = kind => panes.appendChild(Object.assign(document.createElement('div'), { className: `splitter ${kind}`, role: 'separator' }));
    const [v, h] = [make('v'), make('h')];
    const kept = JSON.parse(localStorage.getItem('panes') ?? '[0.5,0.5]');
    const apply = () => {
      ['col', 'row'].forEach((n, i) => { panes.style.setProperty(`--${n}`, `${kept[i]}fr`); panes.style.setProperty(`--${n}2`, `${1 - kept[i]}fr`); });
      this.placeSplitters();
    };
    this.placeSplitters = () => { v.style.left = `${kept[0] * 100}%`; h.style.top = `${kept[1] * 100}%`; };
    [v, h].forEach((s, i) => {
      s.addEventListener('pointerdown', e => { s.setPointerCapture(e.pointerId); e.stopPropagation(); });
      s.addEventListener('pointermove', e => {
        if (!s.hasPointerCapture(e.pointerId)) return;
        const r = panes.getBoundingClientRect();
        kept[i] = Math.max(.15, Math.min(.85, i ? (e.clientY - r.top) / r.height : (e.clientX - r.left) / r.width));
        apply();
      });
      s.addEventListener('pointerup', () => localStorage.setItem('panes', JSON.stringify(kept)));
    });
    apply();
  }

  // The panel comes and goes with Blazor; the transfer function is drawn into it whenever it is there.
  mount() {
    const place = this.root.querySelector('#transfer');
    if (place && !place.firstElementChild && this.scene) this.transfer = new TransferEditor(this, place);
    if (!place) this.transfer = null;
  }

  click(e) {
    const t = e.target.closest('button');
    if (!t) return;
    if (t.dataset.tool) this.choose(t.dataset.tool);
    if (t.dataset.preset) {
      // A preset by value takes the place of an analysis's mask.
      const mask = this.view.overlay?.modality === 'lithium' ? { overlay: null } : {};
      this.patch({ transfer: this.scene.presets[t.dataset.preset], mode: 'composite', ...mask });
    }
    if (t.dataset.chart) saveChart(t.closest('section'), `${this.scene.dataset}-${t.dataset.chart}`, t.dataset.kind);
    if (t.dataset.left) this.showLeft(t.dataset.left);
    if (t.dataset.full) this.patch({ maximized: t.dataset.full });
    ({ fit: () => this.fit(), straight: () => this.patch({ rotation: [0, 0, 0] }), help: () => this.help(), figure: () => saveFigure(this) })[t.dataset.action]?.();
  }

  /** Shows or hides what displacement registration left, as arrows in slices. */
  async showLeft(url) {
    if (this.left) this.left = null;
    else {
      const answer = await fetch(url);
      if (!answer.ok) { this.tell('There is no registration to show; run the analysis.'); return; }
      const rows = (await answer.text()).trim().split('\n').slice(1).map(line => line.split(',').map(Number));
      this.left = Map.groupBy(rows, r => r[0]);
    }
    this.root.querySelectorAll('[data-left]').forEach(b => b.setAttribute('aria-pressed', this.left !== null));
    this.overlays();
  }

  choose(tool) {
    if (tool === 'site' && !this.mayEdit || tool === 'interface' && !this.root.querySelector('[data-tool=interface]')) return;
    this.tool = tool;
    this.overlays();
    this.root.querySelectorAll('[data-tool]').forEach(b => b.setAttribute('aria-pressed', b.dataset.tool === tool));
  }

  fit() {
    const b = this.bounds(), middle = b.low.map((v, i) => (v + b.high[i]) / 2);
    this.patch({ umPerPixel: 0, center: middle, camera: [...this.view.camera.slice(0, 2), 0, ...middle] });
  }

  keys = [
    ['V', 'Move: drag pans or orbits, click sets the crosshair', () => this.choose('navigate')],
    ['W', 'Window and level (or drag with the right button)', () => this.choose('window')],
    ['T', 'Turn the slices (or Shift and drag)', () => this.choose('turn')],
    ['N', 'Mark a nucleation site', () => this.choose('site')],
    ['I', 'Correct the interface, or the cell’s outline', () => this.choose('interface')],
    ['F', 'Fit everything', () => this.fit()],
    ['G', 'Full screen', () => dendriteShell.fullScreen()],
    ['R', 'Slices along the axes again', () => this.patch({ rotation: [0, 0, 0] })],
    ['B', 'Show or hide the band', () => this.patch({ bandVisible: !this.view.bandVisible })],
    ['M', 'Fill the view with a pane, and back (or double-click)', () => this.maximize(this.view.maximized ? null : this.active?.index ?? 3)],
    ['\\', 'Show or hide the panel', () => dendriteShell.togglePanel()],
    ['P', 'Save the panes as a picture', () => saveFigure(this)],
    [' ', 'Play or pause', () => this.timeline.toggle(), 'Space'],
    ['ArrowRight', 'Next timestep', () => this.timeline.go(1), '→'],
    ['ArrowLeft', 'Timestep before', () => this.timeline.go(-1), '←'],
    ['ArrowUp', 'Slice back (or wheel)', () => this.active?.step(-1), '↑'],
    ['ArrowDown', 'Slice on (or wheel)', () => this.active?.step(1), '↓'],
    ['+', 'Zoom in (or Ctrl and wheel; wheel in 3D)', () => this.active?.zoom(1 / 1.2)],
    ['-', 'Zoom out', () => this.active?.zoom(1.2)],
    ['Delete', 'Delete the selected site', () => this.view.selected && this.call('DeleteSite', this.view.selected)],
    ['Escape', 'Back to moving; close what is open', () => { this.choose('navigate'); this.root.querySelector('#help').hidden = true; if (this.view.selected) this.patch({ selected: '' }); }, 'Esc'],
    ['?', 'These keys', () => this.help()],
  ];

  async key(e) {
    if (!this.scene || e.target.closest('input, textarea, select, [contenteditable]')) return;
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'z') {
      e.preventDefault();
      const redo = e.shiftKey;
      if (await this.call(redo ? 'Redo' : 'Undo') === false) this.tell(`There is no edit of this page to ${redo ? 'redo' : 'undo'}.`);
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || (e.key === ' ' && e.target.closest('button'))) return;
    const hit = this.keys.find(k => k[0].length === 1 ? k[0].toLowerCase() === e.key.toLowerCase() : k[0] === e.key);
    if (hit) { e.preventDefault(); hit[2](); }
  }

  help() {
    const help = this.root.querySelector('#help');
    help.hidden = !help.hidden;
    if (help.hidden) return;
    const more = [['Ctrl Z', 'Undo your last edit of a site'], ['Ctrl Shift Z', 'Redo it']];
    help.innerHTML = `<div><h1>Keys</h1><dl>${[...this.keys.map(k => [k[3] ?? k[0], k[1]]), ...more].map(([k, t]) => `<dt><kbd>${k}</kbd></dt><dd>${t}</dd>`).join('')}</dl></div>`;
    help.onclick = () => { help.hidden = true; };
  }
}
