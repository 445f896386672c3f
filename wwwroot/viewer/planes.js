// Turning and placing slices: grips on the lines in which the other slices cut a slice, and planes through three points.
import { across, add, atDepth, depthOf, dot, follows, slicePlane, sliceMap, turn } from './geometry.js';
import { cutsOf } from './cuts.js';
import { plate, circle, stroke } from './marks.js';

const names = ['z', 'y', 'x'], axisIndex = { z: 0, y: 1, x: 2 }, coarseStep = 15, least = 36;
const deg = rad => rad * 180 / Math.PI, wrap = a => ((a + 180) % 360 + 360) % 360 - 180, tidy = a => Math.round(1e4 * a) / 1e4 + 0;

/** The turns about z, y and x that take the axes to these unit vectors, each [z, y, x]: the server's SliceRotation.Of. */
export function rotationOf(z, y, x) {
  const flat = Math.hypot(z[0], z[1]), aboutY = deg(Math.atan2(z[2], flat));
  return flat < 1e-9 ? [0, aboutY, deg(Math.atan2(y[0], y[1]))] : [deg(Math.atan2(-y[2], x[2])), aboutY, deg(Math.atan2(-z[1], z[0]))];
}

/** The two other slices turned about a slice's normal, from its right to its down. Its own picture stays as it is. */
export function turnedAbout(view, pane, degrees) {
  const { right, down } = slicePlane(view, pane), [c, s] = [Math.cos(degrees / 180 * Math.PI), Math.sin(degrees / 180 * Math.PI)];
  const moved = v => {
    const [r, d] = [dot(v, right), dot(v, down)];
    return add(add(v, right, (c - 1) * r - s * d), down, s * r + (c - 1) * d);
  };
  const rotation = rotationOf(...[[1, 0, 0], [0, 1, 0], [0, 0, 1]].map(axis => moved(turn(view.rotation, axis)))).map(tidy);
  const roll = view.roll.map((r, i) => i === pane ? tidy(wrap(r - degrees)) : r);
  return { rotation, roll };
}

export class Planes {
  constructor(viewer) {
    Object.assign(this, { viewer, points: [], slice: 0 });
    for (const pane of viewer.panes) if (!pane.is3d) pane.planeGrips = new PlaneGrips(pane);
  }

  /** Turns the other slices about one, by keys. */
  spin(pane, degrees) {
    const { viewer } = this;
    if (pane.map().depthUm !== undefined) { viewer.tell('This slice follows the interface; turn the others in one of them.'); return; }
    viewer.patch(turnedAbout(viewer.view, pane.index, degrees));
  }

  /** A click with the tool of planes: the third point turns the slice in which the first one was set. */
  async pick(pane, x, y) {
    const { viewer } = this, at = await pane.pointAt(x, y);
    if (!at || viewer.tool !== 'plane') return;
    if (!this.points.length) this.slice = pane.is3d ? viewer.arrangement.slice : pane.index;
    this.points.push(at);
    viewer.overlays();
    if (this.points.length < 3) {
      viewer.tell(`Point ${this.points.length} of 3 of the ${names[this.slice]} slice is set; ${3 - this.points.length} more, or Esc.`);
      return;
    }
    const followed = follows(viewer.view, this.slice, viewer.scene.depth), points = this.points.flat();
    viewer.steps.begin();
    const done = await viewer.call('PlaneThrough', this.slice, points);
    if (done === null) { this.points.pop(); viewer.overlays(); return; }
    const name = names[this.slice];
    viewer.choose('navigate');
    viewer.tell(`The ${name} slice goes through the three points${followed ? ' and no longer follows the interface' : ''}.`);
  }

  /** Gives up the points that were set. */
  cancel() {
    if (!this.points.length) return false;
    this.points = [];
    this.viewer.overlays();
    return true;
  }

  /** The points that were set, fainter away from a slice. */
  drawPoints(g, toScreen, reachUm) {
    this.points.forEach((p, i) => {
      const s = toScreen(p);
      if (!s) return;
      g.save();
      g.globalAlpha = Math.abs(s[2]) <= reachUm ? 1 : .5;
      stroke(g, circle(s[0], s[1], 5), '#fff', 2);
      plate(g, `${i + 1}`, s[0] + 9, s[1] - 9);
      g.restore();
    });
  }
}

class PlaneGrips {
  constructor(pane) {
    const { element, viewer } = pane, options = { signal: viewer.ended.signal };
    Object.assign(this, { pane, viewer, drag: null, isOver: element.matches(':hover') });
    this.box = element.appendChild(Object.assign(document.createElement('div'), { className: 'plane-grips', hidden: true }));
    element.addEventListener('pointerenter', e => { this.isOver = e.pointerType !== 'touch'; this.draw(); }, options);
    element.addEventListener('pointerleave', () => { this.isOver = false; this.draw(); }, options);
    this.others = [0, 1, 2].filter(i => i !== pane.index);
    this.grips = this.others.flatMap(other => [this.make('move', other), ...[0, 1].map(end => this.make('turn', other, end))]);
  }

  make(kind, other, end = 0) {
    const button = this.box.appendChild(document.createElement('button'));
    Object.assign(button, { type: 'button', className: `plane-grip ${kind}` });
    for (const [k, v] of Object.entries({ 'data-own-arrows': '', 'data-slice': names[other] })) button.setAttribute(k, v);
    const grip = { kind, other, end, button, at: null }, options = { signal: this.viewer.ended.signal };
    button.addEventListener('pointerdown', e => this.down(e, grip), options);
    button.addEventListener('pointermove', e => this.move(e, grip), options);
    for (const type of ['pointerup', 'pointercancel', 'lostpointercapture']) button.addEventListener(type, e => this.up(e), options);
    for (const type of ['click', 'dblclick']) button.addEventListener(type, e => e.stopPropagation(), options);
    button.addEventListener('keydown', e => this.key(e, grip), options);
    return grip;
  }

  // With the tool that moves, in the pane under the pointer; with the tool that turns, in all.
  get isShown() {
    const { tool } = this.viewer;
    return this.pane.size[0] > 0 && (tool === 'turn' || tool === 'navigate' && (this.isOver || this.drag !== null));
  }

  draw() {
    const { pane, viewer, isShown } = this;
    this.box.hidden = !isShown;
    if (!isShown || !viewer.scene) return;
    const view = pane.overlayView(), [w, h] = pane.size, lie = { ...view, ...view.lie };
    const map = sliceMap(view, pane.index, w, h, viewer.umPerPixel(view, pane.index), viewer.scene.depth), focus = map.toScreen(view.focus);
    const room = { left: 34, top: 56, right: w - 62, bottom: h - (viewer.isPhone ? 116 : 56) };
    // A slice that follows the interface does not turn with the other one.
    const turned = this.others.filter(i => !follows(lie, i, viewer.scene.depth)).map(i => names[i]);
    this.what = `${turned.join(' and ')} slice${turned.length > 1 ? 's' : ''}`;
    for (const cut of cutsOf(viewer, lie, pane.index, map, w, h)) {
      const places = placesOn(cut, focus, room, map.depthUm === undefined);
      this.grips.filter(g => g.other === cut.other).forEach((g, i) => this.place(g, places[i], viewer.tool === 'turn'));
    }
  }

  place(grip, place, isFocusable) {
    grip.at = place?.at ?? null;
    grip.button.hidden = !place;
    grip.button.tabIndex = isFocusable ? 0 : -1;
    if (!place) return;
    const title = grip.kind === 'move' ? `Move the ${names[grip.other]} slice: drag, or arrow keys`
      : `Turn the ${this.what} about the crosshair: drag, or arrow keys by 1°; with Shift by steps of ${coarseStep}°`;
    if (grip.button.title !== title) {
      grip.button.title = title;
      grip.button.setAttribute('aria-label', title);
    }
    const [x, y] = place.at, style = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) rotate(${place.angle.toFixed(1)}deg)`;
    if (grip.button.style.transform !== style) grip.button.style.transform = style;
  }

  down(e, grip) {
    if (e.button !== 0) return;
    e.stopPropagation();
    e.preventDefault();
    grip.button.setPointerCapture(e.pointerId);
    grip.button.focus({ preventScroll: true });
    const { pane, viewer } = this, map = pane.map(), view = viewer.view, [x, y] = pane.local(e), focus = map.toScreen(view.focus);
    const { normal } = slicePlane(view, grip.other);
    this.drag = { map, view, normal, world: map.toWorld(x, y), focus, angle: Math.atan2(y - focus[1], x - focus[0]) };
    grip.button.classList.add('held');
  }

  move(e, grip) {
    const { drag, pane, viewer } = this;
    e.stopPropagation();
    if (!drag) return;
    const [x, y] = pane.local(e);
    if (grip.kind === 'turn') {
      const by = wrap(deg(Math.atan2(y - drag.focus[1], x - drag.focus[0]) - drag.angle));
      viewer.patch(turnedAbout(drag.view, pane.index, e.shiftKey ? Math.round(by / coarseStep) * coarseStep : by));
      return;
    }
    const { depth } = viewer.scene, now = drag.map.toWorld(x, y), { slider } = viewer.panes[grip.other], f = drag.view.focus;
    if (!follows(drag.view, grip.other, depth)) {
      slider.go(dot(f, drag.normal) + dot(now, drag.normal) - dot(drag.world, drag.normal));
      return;
    }
    const um = depthOf(depth, f) + depthOf(depth, now) - depthOf(depth, drag.world), [u, v] = across(depth);
    slider.go(atDepth(depth, f[u], f[v], um)[axisIndex[depth.axis]]);
  }

  up(e) {
    e.stopPropagation();
    if (!this.drag) return;
    this.drag = null;
    for (const g of this.grips) g.button.classList.remove('held');
    this.draw();
  }

  key(e, grip) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (!way || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    e.stopPropagation();
    const { pane, viewer } = this;
    if (grip.kind === 'turn') {
      viewer.planes.spin(pane, (way[0] + way[1]) * (e.shiftKey ? coarseStep : 1));
      return;
    }
    // The slice goes where the key points, as far as its normal does.
    const map = pane.map(), other = viewer.panes[grip.other], { normal } = other.map();
    const along = way[0] * dot(normal, map.right) + way[1] * dot(normal, map.down);
    if (Math.abs(along) > .2) other.step(Math.sign(along));
  }
}

// Where the grips of a line are: the one that moves, half-way from the crosshair to the line's farther end, and those that turn, at its
// ends.
function placesOn(cut, focus, room, isFlat) {
  const ends = cut.isCurved ? within(cut.points, room) : clip(cut.points, room);
  if (!ends) return [null, null, null];
  const [a, b] = ends, far = p => Math.hypot(p[0] - focus[0], p[1] - focus[1]), isIn = isInside(focus, room);
  const from = isIn ? focus : a, to = isIn && far(a) > far(b) ? a : b, half = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  const middle = cut.isCurved ? cut.points.reduce((m, p) => distance(p, half) < distance(m, half) ? p : m) : half;
  const angle = deg(Math.atan2(b[1] - a[1], b[0] - a[0])), turns = isFlat && !cut.isCurved && isIn;
  const move = distance(middle, focus) > least / 2 ? { at: middle, angle } : null;
  return [move, ...[a, b].map(p => turns && far(p) > 2 * least ? { at: p, angle } : null)];
}

const distance = (p, q) => Math.hypot(p[0] - q[0], p[1] - q[1]);
const isInside = ([x, y], r) => x >= r.left && x <= r.right && y >= r.top && y <= r.bottom;

function within(points, room) {
  const seen = points.filter(p => isInside(p, room));
  return seen.length < 2 ? null : [seen[0], seen.at(-1)];
}

// The part of a line inside a rectangle (Liang and Barsky), or null.
function clip(points, room) {
  if (points.length < 2) return null;
  const [[x, y], [bx, by]] = points, [dx, dy] = [bx - x, by - y];
  let [from, to] = [0, 1];
  for (const [d, gap] of [[-dx, x - room.left], [dx, room.right - x], [-dy, y - room.top], [dy, room.bottom - y]]) {
    if (Math.abs(d) < 1e-9) { if (gap < 0) return null; continue; }
    if (d < 0) from = Math.max(from, gap / d); else to = Math.min(to, gap / d);
  }
  return from >= to ? null : [[x + dx * from, y + dy * from], [x + dx * to, y + dy * to]];
}
