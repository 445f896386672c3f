// One pane: shows frames as they come, and turns pointer, wheel and keys into changes of the view.
import { add, atDepth, dot, sub, sliceMap, cameraFrame, cameraMap, across, isAcross } from './geometry.js';
import { bandGrips } from './band.js';
import { drawSlice, drawVolume, inPlane } from './overlay.js';
import { SliceSlider } from './slider.js';
import { Touches } from './touches.js';

const clickDistance = 4, touchDistance = 8, doubleClick = 300, mostPixels = 4096;

export class Pane {
  /** stream: the hub's number of its frames; over 3, they show the other of two timesteps. */
  constructor(viewer, element, index, stream = index) {
    Object.assign(this, { viewer, element, index, stream, is3d: index === 3, joined: 0, frame: 0, awaited: 0, shown: null });
    Object.assign(this, { rested: false, drag: null, click: null, series: [], stats: { frames: 0 } });
    this.measure();
    this.canvas = element.appendChild(document.createElement('canvas'));
    this.overlay = element.appendChild(document.createElement('canvas'));
    this.overlay.className = 'overlay';
    this.note = element.appendChild(document.createElement('div'));
    this.note.className = 'note';
    this.note.setAttribute('role', 'status');
    this.slider = this.is3d || stream !== index ? null : new SliceSlider(this);
    this.touches = new Touches(this);
    const on = (type, handler, options) => element.addEventListener(type, handler, { signal: viewer.ended.signal, ...options });
    on('pointerdown', e => { if (!this.touches.down(e)) this.down(e); });
    on('pointermove', e => { if (!this.touches.move(e)) this.move(e); });
    on('pointerup', e => { if (!this.touches.up(e)) this.up(e); });
    on('pointercancel', e => { this.touches.up(e); this.cancel(); });
    on('pointerleave', () => {
      viewer.hover(null);
      viewer.nested?.tellScan();
      viewer.brush?.hover(null);
      viewer.together?.hover(null);
    });
    on('wheel', e => this.wheel(e), { passive: false });
    on('click', e => this.clicked(e.detail));
    on('dblclick', e => this.double(e));
    on('contextmenu', e => e.preventDefault());
    on('focus', () => { viewer.active = this; });
    on('pointerenter', () => { viewer.active = this; });
  }

  /** Width and height, CSS pixels; read once a layout, since asking the browser costs one. */
  size = [0, 0];

  // Elements of the page that lie over the picture, as x, y, width, height in the pane.
  boxes = [];

  measure() {
    this.size = [this.element.clientWidth, this.element.clientHeight];
    const at = this.element.getBoundingClientRect();
    const over = [...this.viewer.root.querySelectorAll('.pane-switch'), ...this.element.querySelectorAll('.slice-head, .slice-slider')];
    this.boxes = !this.size[0] ? [] : over.map(e => e.getBoundingClientRect()).filter(r => r.width)
      .map(r => [r.x - at.x, r.y - at.y, r.width, r.height]);
  }

  // What no label may lie under.
  get covered() { return [...this.boxes, ...this.viewer.compare?.boxes(this) ?? []]; }

  /** Whether what is shown is the picture at rest of the view now, in the screen's pixels. */
  get exact() { return this.rested && this.frame >= this.awaited && this.isSharp; }

  // The screen may have got other pixels since the picture was drawn: the window moved to another screen, or the page was zoomed.
  get isSharp() {
    const wanted = Math.round(this.size[0] * this.viewer.arrangement.ratio);
    return wanted > mostPixels || Math.abs(this.canvas.width - wanted) <= 1;
  }

  await(number) { this.awaited = Math.max(this.awaited, number); }

  /** The session was joined (again): frames are counted from anew. */
  restart() {
    this.joined++;
    Object.assign(this, { frame: 0, awaited: 0, rested: false });
  }

  async show(number, revision, format, flags, width, height, bytes) {
    const { joined } = this;
    try {
      const image = await createImageBitmap(new Blob([bytes], { type: format }));
      if (number > this.frame && joined === this.joined) {
        this.frame = number;
        const { width: w, height: h } = image;
        if (this.canvas.width !== w || this.canvas.height !== h) Object.assign(this.canvas, { width: w, height: h });
        this.canvas.getContext('2d').drawImage(image, 0, 0);
        this.drew(revision, flags);
      }
      image.close();
    } finally {
      this.viewer.send('Ack', this.stream, number);
    }
  }

  drew(revision, flags) {
    this.rested = (flags & 1) !== 0;
    this.partial = (flags & 2) !== 0;
    this.shown = this.seen(this.viewer.changes.viewOf(revision));
    this.revision = revision;
    this.stats.frames++;
    this.drawOverlay();
    this.viewer.drew(this, revision);
  }

  /** Takes a canvas over with the frame that it shows: one that came before the pane. */
  adopt({ canvas, number, revision, flags }) {
    this.canvas.replaceWith(canvas);
    this.canvas = canvas;
    this.frame = number;
    this.drew(revision, flags);
  }

  // A view as this pane shows it.
  seen(view) {
    return this.stream !== this.index && (view?.landmarks || view?.compare) ? this.viewer.compare.otherOf(view) : view;
  }

  /** The view now, as this pane shows it. */
  get view() { return this.seen(this.viewer.view); }

  /** Whether it shows the volume that landmarks are placed in, which has a place and a window of its own. */
  get isMoving() { return this.stream !== this.index && !!this.viewer.view.landmarks; }

  // What may take a press or a click for itself.
  get hands() { return [this.viewer.landmarks, this.viewer.brush, this.viewer.measure]; }

  /** Changes fields of the view as this pane shows it. */
  patch(fields) {
    const { viewer } = this;
    if (!viewer.view.landmarks) viewer.patch(fields);
    else if (viewer.landmarks) viewer.patch(viewer.landmarks.patchOf(this, fields));
  }

  cameraMap(view = this.view) { return cameraMap(view, this.viewer.bounds(view), ...this.size); }

  drawOverlay() {
    const [w, h] = this.size, ratio = devicePixelRatio;
    if (!w || !h || !this.viewer.scene) return;
    if (this.overlay.width !== Math.round(w * ratio) || this.overlay.height !== Math.round(h * ratio))
      Object.assign(this.overlay, { width: Math.round(w * ratio), height: Math.round(h * ratio) });
    const g = this.overlay.getContext('2d');
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, w, h);
    this.labels = this.paint(g, w, h, true);
    this.viewer.brush?.draw(g, this);
    this.viewer.landmarks?.draw(g, this);
    this.planeGrips?.draw();
    this.viewer.together?.draw();
  }

  paint(g, w, h, isScreen = false) {
    const view = this.overlayView(), covered = isScreen ? this.covered : undefined;
    return this.is3d ? drawVolume(g, this.viewer, view, w, h, covered) : drawSlice(g, this.viewer, view, this.index, w, h, covered);
  }

  // The picture's own camera and plane with the newest marks, so that marks stay on what they mark.
  overlayView() {
    const now = this.view, base = this.shown ?? now, focus = this.is3d ? now.focus : this.keepPlane(base, now);
    // Slices that turn about this one's normal leave its picture as it is, and their lines turn.
    const lie = this.is3d ? null : { rotation: now.rotation, roll: now.roll, followsInterface: now.followsInterface };
    return { ...base, band: now.band, bandVisible: now.bandVisible, selected: now.selected, focus, lie };
  }

  // The crosshair may have moved within this plane without a new picture; across it, the picture decides.
  keepPlane(base, now) {
    const { depth } = this.viewer.scene, { normal, depthUm } = sliceMap(base, this.index, 1, 1, 1, depth), [u, v] = across(depth);
    if (depthUm !== undefined) return atDepth(depth, now.focus[u], now.focus[v], depthUm);
    return add(now.focus, normal, dot(sub(base.focus, now.focus), normal));
  }

  map(view = this.view) {
    const [w, h] = this.size;
    return sliceMap(view, this.index, w, h, this.viewer.umPerPixel(view, this.index), this.viewer.scene.depth);
  }

  local(e) {
    const r = this.element.getBoundingClientRect();
    return [e.clientX - r.left, e.clientY - r.top];
  }

  siteAt(x, y) {
    const view = this.view, [w, h] = this.size;
    const toScreen = this.is3d ? cameraMap(view, this.viewer.bounds(view), w, h).toScreen : this.map().toScreen;
    let best = null, near = 12;
    for (const given of this.viewer.sites) {
      const site = this.viewer.siteMarks.placed(given, view.hours), p = toScreen([site.zUm, site.yUm, site.xUm]);
      if (!p || (!this.is3d && Math.abs(p[2]) > Math.max(site.radiusUm, 3))) continue;
      const d = Math.hypot(p[0] - x, p[1] - y);
      if (d < near) [best, near] = [site, d];
    }
    return best;
  }

  /** Which of the interface's points is under the pointer; -1 for none. */
  handleAt(x, y) {
    const map = this.map(), reach = 2 * Math.min(...this.viewer.volume(this.view).voxelUm), { points, toWorld } = this.correcting();
    return points.findIndex(p => {
      const [u, v, off] = map.toScreen(toWorld(p));
      return Math.abs(off) <= reach && Math.hypot(u - x, v - y) < 10;
    });
  }

  /** What the points of this slice correct: the interface, or where it lies across the depth axis, the cell's outline. */
  correcting() {
    const depth = this.viewer.scene.depth, map = this.map();
    if (!isAcross(depth, map)) {
      return { field: 'pointsUm', call: 'SetInterface', points: depth.pointsUm, at: (x, y) => map.toWorld(x, y), toWorld: p => p };
    }
    const [u, v] = across(depth);
    const at = (x, y) => { const p = map.toWorld(x, y); return [p[u], p[v]]; };
    return { field: 'outlinePointsUm', call: 'SetOutline', points: depth.outlinePointsUm, at, toWorld: p => inPlane(depth, map, p) };
  }

  grips() { return bandGrips(this.viewer, this.view, this.map(), ...this.size); }

  /** Which of the band's grips is under the pointer: 0, 1, or -1 for none. */
  gripAt(x, y, isTouch = false) {
    if (this.is3d || !this.view.bandVisible) return -1;
    const { isDown, at } = this.grips(), [along, aside] = isTouch ? [22, 30] : [9, 13];
    let best = -1, near = along;
    at.forEach((p, i) => {
      if (!p) return;
      const [da, db] = isDown ? [p[1] - y, p[0] - x] : [p[0] - x, p[1] - y];
      if (Math.abs(da) <= near && Math.abs(db) <= aside) [best, near] = [i, Math.abs(da)];
    });
    return best;
  }

  down(e) {
    this.element.focus({ preventScroll: true });
    this.element.setPointerCapture(e.pointerId);
    const [x, y] = this.local(e), tool = this.viewer.tool, begin = { x, y, startX: x, startY: y, moved: false };
    // The brush and the tools of measuring handle the drag themselves, by its move, up and cancel.
    this.drag = this.hands.reduce((drag, hand) => drag ?? hand?.down(this, e, x, y), null);
    if (this.drag) return;
    const act = e.button === 1 || (e.button === 0 && e.shiftKey && this.is3d) ? 'pan'
      : e.button === 2 ? (this.is3d ? 'pan' : 'window')
      : e.shiftKey ? 'turn'
      : tool === 'navigate' ? (this.is3d ? 'orbit' : 'pan')
      : this.is3d && (['turn', 'plane', 'brush', 'landmark', 'laser'].includes(tool) || this.viewer.measure.isTool(tool)) ? 'orbit'
      : tool === 'plane' || tool === 'landmark' ? 'pan' : tool;
    if (tool === 'interface' && !this.is3d && e.button !== 1 && !e.shiftKey) {
      const corrects = this.correcting(), near = this.handleAt(x, y);
      this.drag = { act: 'interface', ...begin, ...corrects, near, takes: e.button === 2 };
      return;
    }
    const site = e.button === 0 ? this.siteAt(x, y) : null;
    const limit = tool === 'navigate' && e.button === 0 && !e.shiftKey ? this.gripAt(x, y, e.pointerType === 'touch') : -1;
    if (limit >= 0) {
      // To which side of the other limit it is dragged does not matter.
      this.drag = { act: 'band', ...begin, other: this.view.band[1 - limit] };
      return;
    }
    this.drag = { act, ...begin, site: site && this.viewer.mayEdit && !this.is3d ? site : null, hit: site };
    if (e.button === 1) e.preventDefault();
  }

  /** A finger that stayed: what the right button does. */
  press() {
    const d = this.drag;
    if (!d || d.moved || this.is3d) return;
    if (d.act === 'interface') d.takes = true;
    else Object.assign(d, { act: 'window', site: null, isPress: true });
    navigator.vibrate?.(15);
  }

  cancel() {
    if (this.drag?.site) this.viewer.siteMarks.move(null);
    this.drag?.cancel?.();
    this.drag = null;
  }

  move(e) {
    const [x, y] = this.local(e);
    this.viewer.together?.hover(this, x, y);
    if (!this.drag) { this.hover(e, x, y); return; }
    if (this.drag.move) { this.drag.move(x, y); return; }
    const d = this.drag, dx = x - d.x, dy = y - d.y;
    if (!d.moved && Math.hypot(x - d.startX, y - d.startY) < (e.pointerType === 'touch' ? touchDistance : clickDistance)) return;
    d.moved = true;
    [d.x, d.y] = [x, y];
    // A drag may leave the pane; what the line below says of a slice is of this slice alone.
    if (x < 0 || y < 0 || x > this.size[0] || y > this.size[1]) this.viewer.hover(null);
    if (d.site) {
      d.at = this.map().toWorld(x, y);
      this.viewer.siteMarks.move(d.site.id, d.at);
      return;
    }
    if (d.act === 'interface') {
      // The handle goes along before the server has bent the surface.
      const points = [...d.points], at = d.at(x, y);
      if (d.near < 0) points.push(at); else points[d.near] = at;
      this.viewer.scene.depth[d.field] = points;
      this.viewer.overlays();
      return;
    }
    if (d.act === 'band') {
      const here = Math.round(10 * this.viewer.depthOf(this.map().toWorld(x, y))) / 10;
      if (here !== d.other) this.patch({ band: [Math.min(here, d.other), Math.max(here, d.other)] });
      return;
    }
    this[d.act]?.(dx, dy);
  }

  async up(e) {
    const d = this.drag;
    this.drag = null;
    if (!d) return;
    const [x, y] = this.local(e);
    if (d.up) { d.up(x, y); return; }
    if (d.act === 'interface') {
      const moved = () => d.points.map((p, i) => i === d.near ? d.at(x, y) : p);
      const points = d.takes ? d.points.filter((_, i) => i !== d.near) : d.near < 0 ? [...d.points, d.at(x, y)] : moved();
      if (!d.takes || d.near >= 0) await this.viewer.call(d.call, JSON.stringify(points));
      return;
    }
    if (d.site && d.moved && d.at) {
      await this.viewer.siteMarks.moved(d.site, d.at);
      return;
    }
    if (d.moved || d.isPress || e.button !== 0) return;
    if (d.hit && this.viewer.tool !== 'site') { this.patch({ selected: d.hit.id }); return; }
    for (const hand of this.hands) if (await hand?.click(this, x, y)) return;
    if (this.viewer.tool === 'navigate') await this.center(x, y);
    else if (this.viewer.tool === 'site') this.mark(x, y);
    else if (this.viewer.tool === 'plane') await this.viewer.planes.pick(this, x, y);
  }

  async pointAt(x, y) {
    if (!this.is3d && !this.map().isKnown(x, y)) {
      this.viewer.tell('No interface was found there, so that nothing has a depth from it.');
      return null;
    }
    const at = this.is3d ? await this.viewer.call('Pick', x, y, ...this.size.map(Math.round)) : this.map().toWorld(x, y);
    if (!at) this.viewer.tell('Nothing is seen there.');
    return at;
  }

  // A click moves the crosshair at once; where a second one makes it a double click, that is taken back.
  async center(x, y) {
    const { steps } = this.viewer, click = this.click = { focus: this.view.focus };
    const at = await this.pointAt(x, y);
    if (!at || click.isDouble) return;
    steps.begin();
    const before = steps.done.at(-1);
    this.patch({ focus: at });
    click.step = steps.done.at(-1) === before ? null : steps.done.at(-1);
    click.moved = at;
  }

  // The browser counts the clicks that may be a double one. How long a busy page takes to hear of them does not matter.
  clicked(count) {
    this.series = count > 1 ? [...this.series, this.click] : [this.click];
    this.click = null;
  }

  // A mark is kept for everybody, so it waits until it is sure that the click is no double one.
  mark(x, y) {
    clearTimeout(this.marking);
    this.marking = setTimeout(async () => {
      this.marking = null;
      const at = await this.pointAt(x, y), id = at && await this.viewer.siteMarks.mark(at);
      if (id) this.patch({ selected: id });
    }, doubleClick);
  }

  double(e) {
    if (['brush', 'landmark'].includes(this.viewer.tool) || this.viewer.measure.double(this, ...(e ? this.local(e) : [-1, -1]))) return;
    clearTimeout(this.marking);
    for (const click of this.series.toReversed()) {
      if (!click) continue;
      click.isDouble = true;
      if (!click.moved) continue;
      this.viewer.steps.isStepping = true;
      this.patch({ focus: click.focus });
      this.viewer.steps.isStepping = false;
      this.viewer.steps.forget(click.step);
    }
    this.series = [];
    if (e && this.viewer.nested?.dive(this, ...this.local(e))) return;
    this.viewer.maximize(this.view.maximized ? null : this.index);
  }

  hover(e, x, y) {
    const isOver = e.target === this.element || e.target === this.canvas;
    if (isOver) { this.viewer.measure.hover(this, x, y); this.viewer.brush?.hover(this, x, y); }
    const isGrip = isOver && this.viewer.tool === 'navigate' && this.gripAt(x, y) >= 0;
    this.element.style.cursor = isGrip ? (this.grips().isDown ? 'ns-resize' : 'ew-resize') : '';
    const map = this.is3d || !isOver || e.pointerType === 'touch' ? null : this.map(), isKnown = map?.isKnown(x, y);
    // What lies under the pointer is told of the scan; the volume beside is not probed.
    const point = isKnown && !this.isMoving ? map.toWorld(x, y) : null, { compare } = this.viewer;
    compare.hover(this, x, y, isOver);
    this.viewer.nested?.tellScan(this, point, compare.isOtherAt(this, x, y));
    this.viewer.hover(point, compare.hoursAt(this, x, y), isKnown === false);
  }

  /** Whether it shows where the other panes are in the whole, from as far as shows all. */
  get isOverview() { return this.is3d && this.stream !== this.index && Boolean(this.viewer.view?.compare?.inside); }

  pan(dx, dy) {
    const v = this.view;
    if (this.isOverview) return;
    if (this.is3d) {
      const [w, h] = this.size, m = cameraMap(v, this.viewer.bounds(v), w, h);
      const target = add(add(m.center, m.right, -dx * m.umPerPixel), m.down, -dy * m.umPerPixel);
      this.patch({ camera: [v.camera[0], v.camera[1], m.distance, ...target] });
    } else {
      const m = this.map();
      this.patch({ center: add(add(v.center, m.right, -dx * m.um), m.down, -dy * m.um), umPerPixel: m.um });
    }
  }

  orbit(dx, dy) {
    const v = this.view, c = v.camera;
    let az = c[0] + dx * 0.4;
    az = ((az + 180) % 360 + 360) % 360 - 180;
    this.patch({ camera: [az, Math.max(-89, Math.min(89, c[1] + dy * 0.4)), ...this.viewer.view.camera.slice(2)] });
  }

  turn(dx, dy) {
    if (this.is3d) return;
    if (this.map().depthUm !== undefined) {
      this.viewer.tell('This slice follows the interface and is not turned; press U to make it flat.');
      return;
    }
    const r = [...this.view.rotation];
    r[this.index] = ((r[this.index] + (dx + dy) * 0.3 + 180) % 360 + 360) % 360 - 180;
    this.patch({ rotation: r });
  }

  /** Turns the two other slices about this one. */
  spin(degrees) { this.viewer.planes.spin(this, degrees); }

  window(dx, dy) {
    if (this.is3d) return;
    const [low, high] = this.view.window, range = this.viewer.volume(this.view).range, step = (range[1] - range[0]) / 600;
    const width = Math.max(step, high - low + dx * step), middle = (low + high) / 2 - dy * step;
    this.patch({ window: [middle - width / 2, middle + width / 2] });
  }

  wheel(e) {
    e.preventDefault();
    const steps = -Math.sign(e.deltaY) * Math.min(3, Math.max(1, Math.abs(e.deltaY) / 100));
    if (this.viewer.brush?.wheel(e, steps)) return;
    if (this.is3d || e.ctrlKey || e.metaKey) this.zoom(Math.exp(-steps * 0.14), ...this.local(e));
    else this.step(-steps * (e.altKey ? 10 : 1));
  }

  zoom(factor, x, y) {
    const v = this.view;
    if (this.isOverview) return;
    if (this.is3d) {
      const f = cameraFrame(v, this.viewer.bounds(v), this.size[0] / this.size[1]);
      this.patch({ camera: [v.camera[0], v.camera[1], Math.max(1, f.distance * factor), ...f.center] });
      return;
    }
    const m = this.map(), [w, h] = this.size, um = Math.max(1e-3, Math.min(1e4, m.um * factor));
    const keep = m.toWorld(x ?? w / 2, y ?? h / 2);
    const center = add(add(keep, m.right, -((x ?? w / 2) - w / 2) * um), m.down, -((y ?? h / 2) - h / 2) * um);
    this.patch({ umPerPixel: um, center: add(center, m.normal, dot(sub(v.center, center), m.normal)) });
  }

  /** Moves the slice by voxels along its normal, within the volume. */
  step(count) {
    if (this.is3d) return;
    const v = this.view, { normal } = this.map(), volume = this.viewer.volume(this.view), b = this.viewer.bounds(this.view);
    const um = Math.abs(normal[0]) * volume.voxelUm[0] + Math.abs(normal[1]) * volume.voxelUm[1] + Math.abs(normal[2]) * volume.voxelUm[2];
    const to = add(v.focus, normal, Math.round(count || 1) * um), next = this.isMoving ? to : this.viewer.keepingDepth(to, normal);
    if (next.every((c, i) => c >= b.low[i] - 1e-6 && c <= b.high[i] + 1e-6)) this.patch({ focus: next });
    else if (Math.abs(count) > 1) this.step(Math.sign(count) * Math.floor(Math.abs(count) / 2));
  }
}
