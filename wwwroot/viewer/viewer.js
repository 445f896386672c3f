// The viewer in the browser: its parts, and what they ask of one another. link.js has the connection, changes.js the view between page and
// server, arrangement.js how the panes stand, sitemarks.js the marks of sites.
import { Arrangement, paneNames } from './arrangement.js';
import { Changes } from './changes.js';
import { across, atDepth, depthOf, follows, sub } from './geometry.js';
import { Compare } from './compare.js';
import { Keys } from './keys.js';
import { keyTable } from './keytable.js';
import { Link } from './link.js';
import { Measure } from './measure.js';
import { Pane } from './pane.js';
import { Planes } from './planes.js';
import { Pulse } from './pulse.js';
import { Readout } from './readout.js';
import { presented } from './reloaded.js';
import { SiteMarks } from './sitemarks.js';
import { Splitters } from './splitters.js';
import { Steps } from './steps.js';
import { Timeline } from './timeline.js';
import { TransferEditor } from './transfer.js';

let current = null;

/** Begins the viewer that the page shows, where it did not begin before, and says which panel is open. */
export function start() {
  const root = document.getElementById('viewer');
  if (current?.root !== root) {
    stop();
    current = new Viewer(root);
    window.dendrite = current;
    current.link.connect();
    dendriteShell.opened(root.dataset.dataset);
    if (current.siteMarks.opensSite) dendriteShell.showPanel(true);
  }
  return current.panel;
}

export function stop() { current?.end(); current = null; }

/** Where the page's components hear who else is here. */
export function seat(components) {
  if (current) current.components = components;
  current?.together?.tell();
}

/** Does what a component asks for with others: follow somebody, present. */
export async function others(action, ...args) { (await current?.meet())?.[action](...args); }

class Viewer {
  constructor(root) {
    Object.assign(this, { root, ended: new AbortController(), scene: null, view: null, left: null, tool: 'navigate', active: null });
    Object.assign(this, { latencies: [], isExact: false });
    this.siteMarks = new SiteMarks(this);
    this.changes = new Changes(this);
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
    root.addEventListener('change', e => this.chosenIn(e.target), options);
    this.keys = new Keys(this, keyTable(this));
    document.addEventListener('themechange', () => { this.timeline.draw(); this.transfer?.draw(); }, options);
    this.arrangement = new Arrangement(this);
    this.mounted = new MutationObserver(() => this.mount());
    this.mounted.observe(root, { childList: true, subtree: true });
    this.splitters = new Splitters(this);
    this.link = new Link(this);
    // A link to a site opens it; else the panel that was open last in this browser.
    this.panel = this.siteMarks.opensSite ? 'sites' : dendriteShell.tab();
  }

  end() {
    this.ended.abort();
    this.arrangement.stop();
    this.mounted.disconnect();
    this.timeline.stop();
    this.pulse.stop();
    this.compare.stop();
    this.together?.end();
    this.link.stop();
  }

  get mayEdit() { return this.scene && this.scene.role !== 'view'; }

  opened(scene) {
    const first = !this.scene;
    this.scene = scene;
    this.changes.reset(scene.revision);
    this.streams.forEach(p => p.restart());
    this.pulse.joined();
    this.changes.accept(scene.view, scene.revision, false);
    if (this.sites.length) this.siteMarks.jump();
    this.arrangement.layout(true);
    this.sliders();
    this.mount();
    this.changes.flush();
    this.nest();
    if (first) this.root.dataset.ready = 'true';
    this.siteMarks.joined();
    this.steps.joined();
    this.together?.joined();
    if (first && presented(this.root)) this.meet();
  }

  // Others who look at the dataset, and what is done with them, have a script of their own, which comes with the first of them. An embedded
  // page has no others.
  meet() {
    const begin = ({ Together }) => this.ended.signal.aborted ? null : this.together = new Together(this);
    this.meeting ??= this.link.isEmbedded ? Promise.resolve(null) : import('./together.js').then(begin);
    return this.meeting;
  }

  async heard(name, args) {
    if (name !== 'here' || args[0] > 1 || this.together) (await this.meet())?.[name](...args);
  }

  // Finer scans are drawn by a script of its own, which most datasets do not need.
  async nest() {
    if (!this.scene.nested?.length || this.nested) return;
    const { Nested } = await import('./nested.js');
    if (this.nested || this.ended.signal.aborted) return;
    this.nested = new Nested(this);
    this.nested.moved();
    this.overlays();
  }

  datasetChanged(fields) {
    if (!this.scene) return;
    Object.assign(this.scene, fields);
    this.nest();
    this.nested?.datasetChanged();
    this.nested?.moved();
    this.overlays();
    this.sliders();
  }

  /** The dataset's labels and fields have changed; what draws labels is loaded where there are any. */
  schemaChanged(schema) {
    this.schema = schema;
    if (schema.labels.length) this.loadMarks();
    this.overlays();
  }

  async loadMarks() {
    if (this.marks) return;
    // Where no server answers it is asked for again with the next change.
    try { this.marks = await import('./annotate.js'); } catch { return; }
    this.overlays();
    this.timeline.draw();
  }

  /** Opens the scan and its annotations in neuroglancer, or tells why that is not possible. */
  async openNeuroglancer(address) {
    const { url, reason } = await fetch(address).then(r => r.ok ? r.json() : { reason: `The server refused this (${r.status}).` });
    if (url) open(url, '_blank', 'noopener');
    else this.tell(reason);
  }

  /** Shows what carries a label, in the pictures as in the lists; everything where it is empty. */
  showLabel(id) {
    this.shownLabel = id;
    this.overlays();
  }

  /** Whether something with these labels is shown. */
  shows(labels) { return !this.shownLabel || Boolean(labels?.includes(this.shownLabel)); }

  get connection() { return this.link.hub; }

  get revision() { return this.changes.revision; }

  get addressed() { return this.changes.addressed; }

  get sites() { return this.siteMarks.sites.filter(s => this.shows(s.labels)); }

  get moving() { return this.siteMarks.moving; }

  get isPhone() { return this.arrangement.isPhone; }

  send(method, ...args) { this.link.send(method, ...args); }

  call(method, ...args) { return this.link.call(method, ...args); }

  /** Changes fields of the view: drawn over at once, sent once an animation frame. */
  patch(fields) { this.changes.patch(fields); }

  // Of each stream, the frame from which on an exact one shows what is looked at now.
  await(numbers) {
    this.streams.forEach((p, i) => p.await(numbers[i]));
    this.exactness();
  }

  // Each part draws again only when what it shows has changed: on a slow machine the browser's painting is the bottleneck.
  refresh() {
    const v = this.view;
    this.when('timeline', [v.hours, v.modality, v.selected], () => this.timeline.draw());
    this.when('transfer', v.transfer, () => this.transfer?.draw());
    const lie = [v.rotation, v.roll, v.followsInterface];
    this.when('marks', [v.landmarks, v.focus, v.band, v.bandVisible, v.selected, v.hours, lie], () => this.overlays());
    this.when('place', [v.focus, v.hours, v.modality], () => this.readout.moved());
    const beside = [v.compare, v.landmarks?.modality, v.landmarks?.hours];
    this.when('compare', [beside, v.hours, v.modality, v.maximized, v.nested], () => this.compared());
    this.when('nested', [v.nested, v.umPerPixel, v.center, v.focus, v.hours, v.modality, v.compare], () => this.nested?.moved());
    this.when('sliders', [v.focus, v.center, lie, v.band, v.bandVisible, v.hours, v.modality], () => this.sliders());
  }

  when(name, value, draw) {
    const key = JSON.stringify(value);
    this.drawn ??= {};
    if (this.drawn[name] !== key) { this.drawn[name] = key; draw(); }
  }

  overlays() { this.streams.forEach(p => p.drawOverlay()); }

  compared() {
    this.compare.update(this.arrangement.full);
    requestAnimationFrame(() => this.arrangement.layout());
  }

  sliders() { if (this.scene) for (const p of this.panes) if (p.slider && p.size[0] > 0) p.slider.draw(); }

  drew(pane, revision) {
    const latency = this.changes.latencyOf(revision);
    if (latency !== null) {
      this.latencies.push(latency);
      if (this.latencies.length > 2000) this.latencies.shift();
    }
    this.exactness();
  }

  exactness() {
    const shown = this.streams.filter(p => p.size[0] > 0);
    if (!this.link?.isConnected || !this.scene) return;
    if (!this.pulse.isOnline) { this.state('offline', false); return; }
    // A pane that says something shows what was asked for before: it waits (…), or tells what is wrong.
    // Which pictures a change leaves as they are, the server knows: until it has answered, none is said to be exact.
    const said = shown.map(p => p.note.textContent).filter(t => t), { isAsking } = this.changes;
    const exact = !said.length && !isAsking && shown.every(p => p.exact), isLoading = said.length || shown.some(p => p.partial);
    this.state(exact ? 'exact' : said.some(t => !t.endsWith('…')) ? 'problem' : isLoading ? 'loading' : 'moving', exact);
  }

  state(text, exact) {
    this.isExact = exact;
    const s = this.root.querySelector('#state');
    if (s.textContent !== text) s.textContent = text;
    s.dataset.exact = exact;
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

  maximize(pane) { this.patch({ maximized: pane === null ? null : paneNames[pane] }); }

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
    if (t.dataset.verdicts) this.nested?.showVerdicts(t.dataset.verdicts);
    if (t.dataset.full) this.patch({ maximized: t.dataset.full });
    this.actions[t.dataset.action]?.(t.dataset);
    // What the circuit does, it does not hear while the line is lost.
    if (!window.connection.isOnline) this.actions[t.dataset.offline]?.(t.dataset);
  }

  // A choice of a field. Where nothing came of it, the list shows again what there is.
  async chosenIn(list) {
    const { choose, of, begun } = list.dataset;
    if (choose && !await this.siteMarks.own('choose', of, choose, list.value)) list.value = begun;
  }

  actions = {
    // The panel's buttons say what they are of: what is selected may be another by now.
    mark: () => this.choose('site'), follow: t => this.siteMarks.follow(t.of),
    judge: t => this.siteMarks.own('judge', t.of, t.status), label: t => this.siteMarks.own('label', t.of, t.label),
    unfollow: t => this.siteMarks.own('unfollow', t.of, +t.hours), color: t => this.siteMarks.own('color', t.of, t.color),
    split: t => this.siteMarks.own('split', t.of, +t.hours),
    join: t => this.siteMarks.own('join', t.of, this.root.querySelector(`[data-join="${t.of}"]`).value),
    remove: t => this.measure.remove(t.of) || this.siteMarks.remove(t.of),
    fit: () => this.fit(), straight: () => this.straighten(), help: () => this.keys.help(),
    dive: () => this.dive(),
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
    // What other sites show is looked at.
    if (tool !== 'navigate' && this.link?.isEmbedded) return;
    if (tool === 'site' && !this.mayEdit || tool === 'brush' && !this.brush || tool === 'landmark' && !this.landmarks
      || tool === 'interface' && !this.root.querySelector('[data-tool=interface]')) return;
    this.tool = tool;
    if (tool === 'laser') this.meet();
    this.together?.follow.leave();
    this.siteMarks.following = null;
    this.planes.cancel();
    this.root.dataset.chosen = tool;
    this.overlays();
    this.root.querySelectorAll('[data-tool]').forEach(b => b.setAttribute('aria-pressed', b.dataset.tool === tool));
    this.measure.chose(tool);
    // A brush paints in slices, and landmarks are placed there: where 3D alone is seen, as on a phone at first, a slice takes its place.
    const isForSlices = tool === 'brush' || tool === 'landmark';
    if (isForSlices && this.arrangement.full === 'volume') this.patch({ maximized: paneNames[this.arrangement.slice] });
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

  /** Into the finer scan inside the one shown, or back. */
  dive() {
    if (this.nested) this.nested.toggle();
    else this.tell('This dataset has no finer scan inside another one.');
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
    if (this.together?.leave()) return;
    if (this.measure.cancel() || this.planes.cancel()) return;
    if (this.tool !== 'navigate') this.choose('navigate');
    else if (this.view.selected) this.patch({ selected: '' });
    else this.nested?.back();
  }

  // Keys in place of a drag: 3D turns by some degrees, a slice goes a twentieth of the pane.
  nudge(dx, dy) {
    const pane = this.chosen;
    if (pane?.is3d) pane.orbit(12 * dx, 12 * dy);
    else pane?.pan(-dx * pane.size[0] / 20, -dy * pane.size[1] / 20);
  }
}
