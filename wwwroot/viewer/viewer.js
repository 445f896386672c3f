// The viewer in the browser: holds the view, talks to the frame hub, and hands frames to the panes.
import { across, atDepth, depthOf, follows, sub } from './geometry.js';
import { Compare } from './compare.js';
import { Keys } from './keys.js';
import { keyTable } from './keytable.js';
import { Measure } from './measure.js';
import { newHub, take } from './opening.js';
import { Pane } from './pane.js';
import { Planes } from './planes.js';
import { Pulse } from './pulse.js';
import { Readout } from './readout.js';
import { Splitters } from './splitters.js';
import { Steps } from './steps.js';
import { Timeline } from './timeline.js';
import { TransferEditor } from './transfer.js';

const paneNames = ['z', 'y', 'x', 'volume'];
const keptViews = 400, keptChanges = 60, mostRatio = 2, openingPatience = 10_000, phone = matchMedia('(max-width: 800px)');
let current = null;

/** Begins the viewer that the page shows, where it did not begin before, and says which panel is open. */
export function start() {
  const root = document.getElementById('viewer');
  if (current?.root !== root) {
    stop();
    current = new Viewer(root);
    window.dendrite = current;
    current.connect();
    dendriteShell.opened(root.dataset.dataset);
    if (current.opensSite) dendriteShell.showPanel(true);
  }
  return current.panel;
}

export function stop() { current?.end(); current = null; }

class Viewer {
  constructor(root) {
    Object.assign(this, { root, ended: new AbortController(), scene: null, view: null, revision: 0, sites: [], left: null });
    Object.assign(this, { tool: 'navigate', active: null, pending: null, sent: [], own: [], heard: 0, asking: 0, moving: null });
    // The revision of the view that the address bar has.
    this.addressed = -1;
    Object.assign(this, { views: new Map(), latencies: [], changedAt: new Map() });
    this.showsColors = localStorage.getItem('colors') !== 'off';
    this.readout = new Readout(this);
    this.steps = new Steps(this);
    this.pulse = new Pulse(this);
    this.measure = new Measure(this);
    this.panes = [0, 1, 2, 3].map(i => new Pane(this, root.querySelector(`[data-pane="${i}"]`), i));
    this.planes = new Planes(this);
    this.compare = new Compare(this, root.querySelector('#panes'));
    // In the order of the hub's numbers.
    this.streams = [...this.panes, ...this.compare.panes];
    this.timeline = new Timeline(this, root.querySelector('#timeline'));
    const options = { signal: this.ended.signal };
    root.addEventListener('click', e => this.click(e), options);
    this.keys = new Keys(this, keyTable(this));
    addEventListener('resize', () => this.layout(), options);
    this.watchRatio();
    document.addEventListener('themechange', () => { this.timeline.draw(); this.transfer?.draw(); }, options);
    this.resized = new ResizeObserver(() => this.layout());
    for (const pane of this.streams) this.resized.observe(pane.element);
    this.mounted = new MutationObserver(() => this.mount());
    this.mounted.observe(root, { childList: true, subtree: true });
    this.splitters = new Splitters(this);
    // A link to a site opens it; else the panel that was open last in this browser.
    this.panel = this.opensSite ? 'sites' : dendriteShell.tab();
  }

  end() {
    this.ended.abort();
    this.resized.disconnect();
    this.mounted.disconnect();
    this.timeline.stop();
    this.pulse.stop();
    this.compare.stop();
    this.connection?.stop();
  }

  // A page that is loaded again keeps what was open, though its address names the site that was selected.
  opensSite = new URLSearchParams(location.search).get('site') && performance.getEntriesByType('navigation')[0]?.type !== 'reload';

  // A link to a site that says nothing of where to look leads there, in a timestep in which the site is.
  jumpToSite() {
    if (!this.opensSite || !this.scene) return;
    this.opensSite = false;
    const query = new URLSearchParams(location.search), site = this.sites.find(s => s.id === query.get('site'));
    if (!site || query.get('at')) return;
    const at = [site.zUm, site.yUm, site.xUm], { hours, modality } = this.view;
    this.patch({ focus: at, center: at, selected: site.id, hours: Math.max(site.hours, hours), modality: site.modality || modality });
    this.steps.done.length = 0;
    this.steps.tell();
  }

  get mayEdit() { return this.scene && this.scene.role !== 'view'; }

  // The hub reconnects for as long as the page is open; each time it joins the same session, and begins it again where the
  // server forgot it, from the address bar. The connection that began with the page has joined it, or is about to.
  async connect() {
    const opening = take(this.root.dataset.session);
    if (opening && await this.takeOver(opening) || this.ended.signal.aborted) return;
    this.connection = newHub();
    this.follow(this.connection);
    this.listen(this.connection);
    await this.begin();
  }

  // False where that connection could not begin: refused, or the server is away, or WebSockets do not pass.
  async takeOver(opening) {
    this.connection = opening.hub;
    this.state('connecting', false);
    // A proxy may hold a WebSocket back without a word.
    const tooLong = new Promise(done => setTimeout(done, openingPatience));
    const scene = await Promise.race([opening.joined, tooLong]).catch(() => null);
    if (!scene || opening.isOver || this.ended.signal.aborted) {
      opening.stop();
      return false;
    }
    this.opened(scene);
    this.follow(opening.hub);
    const heard = new Map();
    this.listen({ on: (name, handler) => { heard.set(name, handler); opening.hub.on(name, handler); } });
    for (const [name, args] of opening.handOver(this)) heard.get(name)(...args);
    return true;
  }

  follow(hub) {
    hub.onreconnecting(() => this.pulse.lost());
    hub.onreconnected(() => this.begin());
    hub.onclose(() => {
      if (this.ended.signal.aborted || this.closed) return;
      this.pulse.lost();
      setTimeout(() => this.begin(), 1000);
    });
  }

  // What the hub sends; opening.js has the names too.
  listen(hub) {
    hub.on('frame', (stream, ...frame) => this.streams[stream].show(...frame));
    // Views may overtake each other on the way; one older than another that was heard says nothing new.
    hub.on('view', (json, revision, awaited) => {
      if (revision >= this.heard) this.accept(JSON.parse(json), revision);
      this.await(awaited);
    });
    hub.on('dataset', json => { if (this.scene) { Object.assign(this.scene, JSON.parse(json)); this.overlays(); this.sliders(); } });
    hub.on('sites', json => this.receiveSites(JSON.parse(json)));
    hub.on('edits', json => this.steps.counted(JSON.parse(json)));
    this.measure.listen(hub);
    hub.on('here', n => { this.root.querySelector('#here').textContent = n > 1 ? `${n} here` : ''; });
    hub.on('loaded', hours => { this.timeline.loaded = hours; this.timeline.draw(); });
    hub.on('address', (query, revision, lacks) => {
      history.replaceState(history.state, '', `${location.pathname}?${query}`);
      this.addressed = revision;
      // Once, not with each move.
      if (lacks && lacks !== this.lacks) this.tell(`The address has no room for the ${lacks}; a bookmark or a shared link keeps it.`);
      this.lacks = lacks;
    });
    hub.on('say', (stream, text) => { this.streams[stream].note.textContent = text; this.exactness(); });
    // The page is asked for again, so that the server says why: a link that ended, a changed password, a role that was taken away.
    hub.on('closed', why => {
      this.closed = true;
      if (why) location.replace(`/gone?why=${why}`);
      else location.reload();
    });
  }

  async begin() {
    if (this.ended.signal.aborted || this.closed) return;
    const hub = this.connection;
    try {
      if (hub.state === 'Disconnected') {
        if (!this.scene) this.state('connecting', false);
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
    this.opened(JSON.parse(json));
  }

  opened(scene) {
    const first = !this.scene;
    this.scene = scene;
    this.revision = scene.revision;
    this.addressed = -1;
    this.own = [];
    this.views.clear();
    this.streams.forEach(p => p.restart());
    this.pulse.joined();
    this.accept(scene.view, scene.revision, false);
    if (this.sites.length) this.jumpToSite();
    this.layout(true);
    this.sliders();
    this.mount();
    this.flush();
    if (first) this.root.dataset.ready = 'true';
  }

  // What this page changed since, what is on its way to the server, and what is not yet sent stays on top of what the server says.
  accept(view, revision, isStep = true) {
    const before = this.view, since = this.own.filter(o => o.revision > revision).map(o => o.change);
    this.heard = revision;
    this.view = Object.assign({}, view, ...since, ...this.sent, this.pending);
    if (isStep) this.steps.changed(before, this.view);
    this.remember(revision, view);
    this.maximizedChanged();
    this.refresh();
  }

  remember(revision, view) {
    this.revision = Math.max(this.revision, revision);
    this.views.set(revision, view);
    if (this.views.size > keptViews) this.views.delete(this.views.keys().next().value);
  }

  viewOf(revision) { return this.views.get(revision) ?? this.view; }

  /** Changes fields of the view: drawn over at once, sent once an animation frame. */
  patch(fields) {
    const before = this.view;
    this.view = { ...this.view, ...fields };
    this.steps.changed(before, this.view);
    if (!this.pending) requestAnimationFrame(() => this.flush());
    this.pending = { ...this.pending, ...fields };
    if ('maximized' in fields) this.maximizedChanged();
    this.refresh();
    this.exactness();
  }

  async flush() {
    const change = this.pending, view = this.view, at = performance.now();
    // What is changed while the server is away is sent when it is back.
    if (!change || this.connection.state !== 'Connected') return;
    this.pending = null;
    this.asking++;
    this.sent.push(change);
    try {
      const [revision, ...awaited] = await this.connection.invoke('Look', JSON.stringify(change));
      this.remember(revision, view);
      this.own.push({ revision, change });
      if (this.own.length > keptChanges) this.own.shift();
      this.changedAt.set(revision, at);
      if (this.changedAt.size > keptViews) this.changedAt.delete(this.changedAt.keys().next().value);
      this.await(awaited);
    } catch (e) {
      if (this.connection.state === 'Connected') this.tell(e.message.replace(/^.*HubException: /, ''));
      else this.pending = { ...change, ...this.pending };
    }
    this.sent = this.sent.filter(c => c !== change);
    this.asking--;
    this.exactness();
  }

  // Of each stream, the frame from which on an exact one shows what is looked at now.
  await(numbers) {
    this.streams.forEach((p, i) => p.await(numbers[i]));
    this.exactness();
  }

  // Each part draws again only when what it shows has changed: on a slow machine the browser's painting is the bottleneck.
  refresh() {
    const v = this.view;
    this.when('timeline', [v.hours, v.modality], () => this.timeline.draw());
    this.when('transfer', v.transfer, () => this.transfer?.draw());
    const lie = [v.rotation, v.roll, v.followsInterface];
    this.when('marks', [v.focus, v.band, v.bandVisible, v.selected, v.hours, lie], () => this.overlays());
    this.when('compare', [v.compare, v.hours, v.modality, v.maximized], () => this.compared());
    this.when('sliders', [v.focus, v.center, lie, v.band, v.bandVisible, v.hours, v.modality], () => this.sliders());
  }

  when(name, value, draw) {
    const key = JSON.stringify(value);
    this.drawn ??= {};
    if (this.drawn[name] !== key) { this.drawn[name] = key; draw(); }
  }

  overlays() { this.streams.forEach(p => p.drawOverlay()); }

  compared() {
    this.compare.update(this.view.maximized ?? (this.isPhone ? 'volume' : null));
    requestAnimationFrame(() => this.layout());
  }

  sliders() { if (this.scene) for (const p of this.panes) if (p.slider && p.size[0] > 0) p.slider.draw(); }

  receiveSites(sites) {
    this.sites = sites;
    const moved = this.moving && sites.find(s => s.id === this.moving.id);
    this.jumpToSite();
    if (this.moving?.version !== undefined && (!moved || moved.version !== this.moving.version)) this.moving = null;
    this.overlays();
  }

  /** A site where it is drawn: one that is dragged is under the pointer. */
  placed(site) {
    if (this.moving?.id !== site.id) return site;
    const [zUm, yUm, xUm] = this.moving.at;
    return { ...site, zUm, yUm, xUm };
  }

  moveMark(id, at) {
    this.moving = id === null ? null : { id, at };
    this.overlays();
  }

  // The mark stays where it was dropped until the list of sites says so too; where that was refused it goes back.
  markMoved(site, isDone) {
    if (this.moving?.id !== site.id) return;
    const now = this.sites.find(s => s.id === site.id);
    if (isDone && now?.version === site.version) this.moving.version = site.version;
    else this.moveMark(null);
  }

  drew(pane, revision) {
    const at = this.changedAt.get(revision);
    if (at) {
      this.latencies.push(performance.now() - at);
      this.changedAt.delete(revision);
      if (this.latencies.length > 2000) this.latencies.shift();
    }
    this.exactness();
  }

  exactness() {
    const shown = this.streams.filter(p => p.size[0] > 0);
    if (this.connection?.state !== 'Connected' || !this.scene) return;
    if (!this.pulse.isOnline) { this.state('offline', false); return; }
    // A pane that says something shows what was asked for before: it waits (…), or tells what is wrong.
    // Which pictures a change leaves as they are, the server knows: until it has answered, none is said to be exact.
    const said = shown.map(p => p.note.textContent).filter(t => t), isAsking = this.pending || this.asking;
    const exact = !said.length && !isAsking && shown.every(p => p.exact), isLoading = said.length || shown.some(p => p.partial);
    this.state(exact ? 'exact' : said.some(t => !t.endsWith('…')) ? 'problem' : isLoading ? 'loading' : 'moving', exact);
  }

  state(text, exact) {
    this.isExact = exact;
    const s = this.root.querySelector('#state');
    if (s.textContent !== text) s.textContent = text;
    s.dataset.exact = exact;
  }

  send(method, ...args) { if (this.connection.state === 'Connected') this.connection.send(method, ...args).catch(() => {}); }

  async call(method, ...args) {
    try {
      return await this.connection.invoke(method, ...args);
    } catch (e) {
      this.tell(e.message.replace(/^.*HubException: /, ''));
      return null;
    }
  }

  tell(text) { this.readout.tell(text); }

  /** The pointer is over a point of a slice of the scan at these hours. */
  hover(point, hours, isUnknown) { this.readout.hover(point, hours, isUnknown); }

  volume(view = this.view) {
    return this.scene.volumes.find(v => v.modality === view.modality && v.hours === view.hours) ?? this.scene.volumes[0];
  }

  bounds(view = this.view) { const v = this.volume(view); return { low: v.low, high: v.high }; }

  umPerPixel(view, pane) {
    if (view.umPerPixel > 0) return view.umPerPixel;
    const b = this.bounds(view), s = sub(b.high, b.low), [w, h] = this.panes[pane].size;
    const [across, down] = [[s[2], s[1]], [s[2], s[0]], [s[1], s[0]]][pane];
    return 1.04 * Math.max(across / Math.max(1, w), down / Math.max(1, h));
  }

  /** Where the crosshair is moved along a slice's normal: where a slice follows the interface, it stays as deep as it was. */
  keepingDepth(focus, normal) {
    const { depth } = this.scene, axis = 'zyx'.indexOf(depth.axis), b = this.bounds();
    if (!follows(this.view, axis, depth) || Math.abs(normal[axis]) > 1e-6) return focus;
    const at = atDepth(depth, ...across(depth).map(i => focus[i]), this.depthOf(this.view.focus));
    return at.map((c, i) => i === axis ? Math.max(b.low[i], Math.min(b.high[i], c)) : c);
  }

  depthOf(p) { return depthOf(this.scene.depth, p); }

  get isPhone() { return phone.matches; }

  /** Pixels of pictures a CSS pixel. */
  get ratio() { return Math.min(devicePixelRatio, mostRatio); }

  // The ratio changes alone where the window moves to another screen; each query asks about one ratio, so the next one is asked anew.
  watchRatio() {
    const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`), end = { signal: this.ended.signal, once: true };
    query.addEventListener('change', () => { this.checkRatio(); this.watchRatio(); }, end);
  }

  checkRatio() {
    if (devicePixelRatio === this.laidOutAt || !this.scene) return;
    this.exactness();
    this.layout();
  }

  layout(force = false) {
    this.laidOutAt = devicePixelRatio;
    for (const pane of this.streams) pane.measure();
    const { ratio } = this, sizes = this.streams.flatMap(p => p.size.map(v => Math.round(v * ratio)));
    const key = sizes.join();
    if ((key !== this.sizes || force) && this.connection?.state === 'Connected' && this.scene) {
      this.sizes = key;
      // Until the server has said which frames have this layout, none is said to be exact.
      this.asking++;
      this.connection.invoke('Layout', sizes, ratio).then(awaited => { this.asking--; this.await(awaited); }, () => { this.asking--; });
      this.exactness();
    }
    this.overlays();
    this.sliders();
  }

  maximize(pane) { this.patch({ maximized: pane === null ? null : paneNames[pane] }); }

  maximizedChanged() {
    const panes = this.root.querySelector('#panes'), full = this.view.maximized ?? (this.isPhone ? 'volume' : null);
    if (full) panes.dataset.full = full; else delete panes.dataset.full;
    // 3D beside the slice that was used last.
    if (this.active && !this.active.is3d) this.slice = this.active.index;
    const { layout = 'four' } = document.documentElement.dataset;
    Object.assign(panes.dataset, { layout: full ? 'one' : layout, beside: paneNames[this.slice ?? 0] });
    this.root.querySelectorAll('[data-full]').forEach(b => { if (b !== panes) b.setAttribute('aria-pressed', b.dataset.full === full); });
    requestAnimationFrame(() => this.layout());
  }

  // The panel comes and goes with Blazor; the transfer function is drawn into it whenever it is there.
  mount() {
    this.measure.mounted();
    const place = this.root.querySelector('#transfer');
    if (place && !place.firstElementChild && this.scene) this.transfer = new TransferEditor(this, place);
    if (!place) this.transfer = null;
  }

  click(e) {
    const t = e.target.closest('button');
    if (!t) return;
    if (t.dataset.tool) this.choose(t.dataset.tool);
    if (t.dataset.left) this.showLeft(t.dataset.left);
    if (t.dataset.full) this.patch({ maximized: t.dataset.full });
    this.actions[t.dataset.action]?.();
  }

  actions = {
    mark: () => this.choose('site'),
    fit: () => this.fit(), straight: () => this.straighten(), help: () => this.keys.help(),
    undo: () => this.steps.undo(), redo: () => this.steps.redo(), colors: () => this.toggleColors(),
  };

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
    if (tool === 'site' && !this.mayEdit || tool === 'brush' && !this.brush
      || tool === 'interface' && !this.root.querySelector('[data-tool=interface]')) return;
    this.tool = tool;
    this.planes.cancel();
    this.root.dataset.chosen = tool;
    this.overlays();
    this.root.querySelectorAll('[data-tool]').forEach(b => b.setAttribute('aria-pressed', b.dataset.tool === tool));
    this.measure.chose(tool);
    if (tool === 'plane') this.tell('Plane: click three points in slices or in 3D. The slice of the first point then goes through them.');
  }

  straighten() { this.patch({ rotation: [0, 0, 0], roll: [0, 0, 0] }); }

  /** The slice across the depth axis follows the interface, or is flat again. */
  toggleFollow() {
    if (!this.scene.depth.isKnown) this.tell('This dataset has no interface that a slice could follow; its Display panel says more.');
    else this.patch({ followsInterface: !this.view.followsInterface });
  }

  fit() {
    const b = this.bounds(), middle = b.low.map((v, i) => (v + b.high[i]) / 2);
    this.patch({ umPerPixel: 0, center: middle, camera: [...this.view.camera.slice(0, 2), 0, ...middle] });
  }

  toggleColors() {
    this.showsColors = !this.showsColors;
    localStorage.setItem('colors', this.showsColors ? 'on' : 'off');
    this.root.querySelectorAll('[data-action=colors]').forEach(b => b.setAttribute('aria-pressed', this.showsColors));
    this.overlays();
  }

  /** Which pane keys act on: where the focus or the pointer was last, among those that are seen. */
  get chosen() {
    const seen = this.panes.filter(p => p.size[0] > 0);
    return seen.includes(this.active) ? this.active : seen[0];
  }

  get chosenSlice() { return this.chosen?.is3d ? this.panes.find(p => !p.is3d && p.size[0] > 0) : this.chosen; }

  focusPane() { this.chosen?.element.focus({ preventScroll: true }); }

  /** Escape in a pane: back to moving, then no site selected. */
  leave() {
    if (this.measure.cancel() || this.planes.cancel()) return;
    if (this.tool !== 'navigate') this.choose('navigate');
    else if (this.view.selected) this.patch({ selected: '' });
  }

  // Keys in place of a drag: 3D turns by some degrees, a slice goes a twentieth of the pane.
  nudge(dx, dy) {
    const pane = this.chosen;
    if (pane?.is3d) pane.orbit(12 * dx, 12 * dy);
    else pane?.pan(-dx * pane.size[0] / 20, -dy * pane.size[1] / 20);
  }
}
