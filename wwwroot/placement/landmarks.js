// Landmarks: the same features clicked in the panes of a scan and in those of a volume beside it. The panel of the placement starts this,
// keeps the pairs and fits them; nothing of it is loaded before.
import { add, sub } from '../viewer/geometry.js';
import { circle, label, pathOf, stroke } from '../viewer/marks.js';

const color = '#ffe14d', reach = 12, seenUm = 15, own = ['focus', 'center', 'umPerPixel', 'window'], linked = ['focus', 'center'];
let landmarks = null;

/** Begins, with the panel that keeps the pairs. */
export function start(panel) {
  stop();
  const viewer = window.dendrite;
  landmarks = viewer.landmarks = new Landmarks(viewer, panel);
  viewer.choose('landmark');
}

export function stop() {
  if (!landmarks) return;
  const { viewer } = landmarks;
  viewer.landmarks = landmarks = null;
  if (viewer.tool === 'landmark') viewer.choose('navigate');
  viewer.overlays();
}

export function set(state) { landmarks?.set(state); }

class Landmarks {
  // pairs: as the panel has them, with points in the dataset's frame. dragged: a point that is being moved. placed: one that was clicked
  // and that the panel has not answered yet.
  constructor(viewer, panel) {
    Object.assign(this, { viewer, panel, pairs: [], selected: null, isLinked: true, dragged: null, placed: null });
  }

  set(state) {
    Object.assign(this, state, { placed: null, dragged: null });
    this.viewer.overlays();
  }

  get isOn() { return this.viewer.tool === 'landmark'; }

  pointOf(pair, isMoving) {
    const d = this.dragged;
    return d && d.id === pair.id && d.isMoving === isMoving ? d.at : isMoving ? pair.moving : pair.fixed;
  }

  /** A change of what a pane shows, as one of the view: the volume has a place of its own; linked panes go along. */
  patchOf(pane, fields) {
    const { landmarks: moving, ...scan } = this.viewer.view, [from, to] = pane.isMoving ? [moving, scan] : [scan, moving];
    const mine = {}, along = {}, rest = {};
    for (const [name, value] of Object.entries(fields)) {
      if (!own.includes(name)) { rest[name] = value; continue; }
      mine[name] = value;
      if (!this.isLinked) continue;
      if (linked.includes(name)) along[name] = add(to[name], sub(value, from[name]));
      if (name === 'umPerPixel') along[name] = value;
    }
    const [ofScan, ofMoving] = pane.isMoving ? [along, mine] : [mine, along];
    return { ...rest, ...ofScan, landmarks: { ...moving, ...ofMoving } };
  }

  // Pointer.

  at(pane, x, y) {
    const map = pane.map();
    let best = null, near = reach;
    for (const pair of this.pairs) {
      const p = this.pointOf(pair, pane.isMoving);
      if (!p) continue;
      const [u, v, off] = map.toScreen(p), d = Math.hypot(u - x, v - y);
      if (Math.abs(off) <= seenUm && d < near) [best, near] = [pair, d];
    }
    return best;
  }

  down(pane, e, x, y) {
    if (!this.isOn || pane.is3d || e.button !== 0 || e.shiftKey) return null;
    const pair = this.at(pane, x, y), { isMoving } = pane;
    if (!pair) return null;
    const drag = { id: pair.id, isMoving, at: null };
    return {
      moved: true,
      move: (mx, my) => {
        if (!drag.at && Math.hypot(mx - x, my - y) < 4) return;
        drag.at = pane.map().toWorld(mx, my);
        this.dragged = drag;
        this.viewer.overlays();
      },
      up: () => drag.at ? this.tell('Moved', pair.id, isMoving, drag.at) : this.tell('Selected', pair.id),
      cancel: () => { this.dragged = null; this.viewer.overlays(); },
    };
  }

  click(pane, x, y) {
    if (!this.isOn) return false;
    if (pane.is3d) {
      this.viewer.tell('Landmarks are placed in slices.');
      return true;
    }
    const map = pane.map();
    if (!map.isKnown(x, y)) {
      this.viewer.tell('This slice has no place there; press U for a flat slice.');
      return true;
    }
    this.placed = { isMoving: pane.isMoving, at: map.toWorld(x, y) };
    this.viewer.overlays();
    this.tell('Placed', pane.isMoving, this.placed.at);
    return true;
  }

  hover() {}

  double() { return false; }

  async tell(method, ...args) {
    try {
      await this.panel.invokeMethodAsync(method, ...args);
    } catch {
      this.viewer.tell('The server could not be reached; nothing was kept of that. Try again.');
      this.set({});
    }
  }

  // Drawing. A point farther from the slice than a voxel or two is drawn fainter and dashed, without its name.

  draw(g, pane) {
    if (pane.is3d || !this.viewer.view?.landmarks) return;
    const map = pane.map(pane.shown ?? pane.view), { isMoving } = pane;
    const near = 1.5 * Math.max(...this.viewer.volume(pane.view).voxelUm);
    this.pairs.forEach(pair => {
      const p = this.pointOf(pair, isMoving);
      if (p) this.mark(g, map, p, near, pair.name, pair.id === this.selected, isMoving ? null : pair.fitted);
    });
    if (this.placed?.isMoving === isMoving) this.mark(g, map, this.placed.at, near, '…', false);
  }

  mark(g, map, point, near, name, isSelected, fitted = null) {
    const [x, y, off] = map.toScreen(point), isNear = Math.abs(off) <= near;
    if (Math.abs(off) > seenUm && !isSelected) return;
    g.save();
    if (!isNear) g.globalAlpha = .55;
    if (fitted) {
      const [fx, fy] = map.toScreen(fitted);
      stroke(g, pathOf([[x, y], [fx, fy]]), color, 2);
      stroke(g, circle(fx, fy, 2.5), color, 2);
    }
    stroke(g, circle(x, y, isSelected ? 9 : 7), isSelected ? '#fff' : color, isSelected ? 2.5 : 2, isNear ? [] : [3, 3]);
    if (isNear) stroke(g, circle(x, y, 1), color, 2);
    if (isNear || isSelected) label(g, name, x + 11, y - 7, 'left', color);
    g.restore();
  }
}
