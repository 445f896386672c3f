// Measuring: tools that draw rulers, angles, profiles and regions in slices and in 3D, and handles to change them. measurelist.js has what
// is there, measuresend.js what becomes of what was drawn.
import { add, dot, sub } from './geometry.js';
import { noteOn } from './curved.js';
import { MeasurementList } from './measurelist.js';
import { MeasurementSender } from './measuresend.js';
import { boxOf, kinds, withoutSize } from './shapes.js';
import { distance, drawMeasurements, drawSpot, handlesIn, seen, sight } from './measuredraw.js';

const grab = 9, touchGrab = 18, nearLine = 7, clickDistance = 4, mostPoints = 500;

export class Measure {
  // draft: what is being drawn.
  constructor(viewer) {
    const list = new MeasurementList(viewer);
    Object.assign(this, { viewer, list, sender: new MeasurementSender(viewer, list), draft: null });
    // Items of a menu stand outside of the viewer's element.
    document.addEventListener('click', e => {
      const item = e.target.closest('[data-tool]');
      if (item && !viewer.root.contains(item) && item.dataset.tool in kinds) viewer.choose(item.dataset.tool);
    }, { signal: viewer.ended.signal });
  }

  /** A tool was chosen: what was being drawn is given up, and the line below says how the tool is used. */
  chose(tool) {
    this.cancel();
    const kind = kinds[tool];
    for (const b of this.viewer.root.querySelectorAll('.measure-menu button')) b.setAttribute('aria-pressed', kind !== undefined);
    if (kind) this.viewer.tell(`${kind.name}: ${kind.hint}.`);
  }

  /** Messages of the hub. */
  listen(hub) {
    hub.on('measurements', json => {
      this.list.receive(JSON.parse(json));
      this.sender.retry();
    });
    hub.on('measuring', json => {
      Object.assign(this.list, JSON.parse(json));
      this.changed();
    });
  }

  get told() { return this.list.told; }

  get saved() { return this.list.saved; }

  get kept() { return this.list.kept; }

  get sent() { return this.sender.sent; }

  get hovered() { return this.list.hovered; }

  find(id) { return this.list.find(id); }

  mounted() { this.list.mounted(); }

  isTool(tool) { return tool in kinds; }

  get kind() { return kinds[this.viewer.tool]; }

  mayChange(m) { return this.viewer.mayEdit || m.isSaved === false; }

  /** What is drawn: what is saved or kept, but for what is being changed, and what is being drawn or computed. */
  shown() {
    const busy = [...this.sent, ...(this.draft ? [this.draft] : [])], changing = new Set(busy.map(m => m.id).filter(Boolean));
    return [...this.saved, ...this.kept].filter(m => !changing.has(m.id)).concat(busy);
  }

  draw(g, pane, view, labels) {
    if (!this.saved.length && !this.kept.length && !this.draft && !this.sent.length) return;
    drawMeasurements(g, this, pane, view, labels);
    if (this.list.spot) drawSpot(g, this.list.spot, pane, view);
  }

  changed() { this.viewer.overlays(); }

  // Pointer. Each answers whether it took the event.

  /** A press in a pane: takes hold of a handle or the outline of what is selected, or begins or goes on drawing. */
  down(pane, e, x, y) {
    if (e.button !== 0 || e.shiftKey) return null;
    const { viewer } = this, view = viewer.view, selected = this.draft ? null : this.find(view.selected);
    if (selected && this.mayChange(selected)) {
      const map = sight(pane, view), reach = e.pointerType === 'touch' ? touchGrab : grab;
      const held = pane.is3d ? null : handlesIn(selected, pane, view, map).find(h => Math.hypot(h.screen[0] - x, h.screen[1] - y) < reach);
      if (held) return this.drag(pane, selected, held.screen[2], to => held.move(to));
      const shape = pane.is3d ? null : seen(selected, pane, view, map, true);
      if (shape && distance(shape, x, y) < nearLine && !this.kind) {
        const from = map.toWorld(x, y);
        return this.drag(pane, selected, 0, to => selected.pointsUm.map(p => add(p, sub(to, from))));
      }
    }
    if (!this.kind || pane.is3d) return null;
    return this.press(pane, x, y);
  }

  // Drags a handle, or all of it. `off` is the handle's distance from the pane's plane, which it keeps; what is flat stays in its plane.
  drag(pane, m, off, move) {
    const map = pane.map();
    let moved = false;
    return {
      moved: true,
      move: (x, y) => {
        // A slice along the interface has no place where none was found: the handle stays at the edge.
        if (!map.isKnown(x, y)) return;
        moved = true;
        const pointsUm = move(map.lift(map.toWorld(x, y), off)).map(p => kinds[m.kind].flat ? this.intoPlane(m, p) : p);
        this.draft = { ...m, pointsUm, isDraft: true, was: m };
        this.changed();
      },
      up: () => moved && this.finish(),
      cancel: () => this.cancel(),
    };
  }

  intoPlane(m, p) {
    const n = [m.right[2] * m.down[1] - m.right[1] * m.down[2], m.right[0] * m.down[2] - m.right[2] * m.down[0],
      m.right[1] * m.down[0] - m.right[0] * m.down[1]];
    return add(p, n, -dot(sub(p, m.pointsUm[0]), n));
  }

  // A point is set where the button goes down, and the next one where it goes up again, if that is elsewhere; else where it is clicked.
  press(pane, x, y) {
    const { viewer } = this, kind = viewer.tool, map = pane.map();
    const isNew = !this.draft, note = map.depthUm === undefined ? '' : noteOn(kind);
    if (note) viewer.tell(note);
    if (note && kinds[kind].flat) return { moved: true, move() {}, up() {} };
    if (!map.isKnown(x, y)) {
      viewer.tell('No interface was found there; set the point elsewhere.');
      return { moved: true, move() {}, up() {} };
    }
    if (isNew) {
      const at = map.toWorld(x, y);
      const { right, down, normal } = map;
      this.draft = { kind, ...this.now(pane, x, y), right, down, normal, thicknessUm: viewer.view.slabUm, pane,
        pointsUm: [at], set: [at], isDraft: true, open: true };
    } else if (this.draft.pane !== pane) {
      viewer.tell(`Go on in the pane where the ${kinds[kind].name.toLowerCase()} was begun, or press Esc.`);
      return { moved: true, move() {}, up() {} };
    }
    let dragged = false;
    const start = [x, y];
    return {
      moved: true,
      move: (mx, my) => {
        dragged ||= Math.hypot(mx - start[0], my - start[1]) >= clickDistance;
        if (dragged && map.isKnown(mx, my)) this.preview(map.toWorld(mx, my));
      },
      up: (ux, uy) => {
        if (!this.draft) return;
        if (!map.isKnown(ux, uy)) viewer.tell('No interface was found there; set the point elsewhere.');
        else if (!isNew || dragged) this.set(map.toWorld(ux, uy), pane, ux, uy);
        else if (kinds[kind].points === 1) this.finish();
        this.changed();
      },
      cancel: () => this.cancel(),
    };
  }

  // What is measured is of the scan that is seen where it begins.
  now(pane, x, y) {
    const { viewer } = this, { compare, view } = viewer, hours = compare.hoursAt(pane, x, y), isOther = compare.isOtherAt(pane, x, y);
    const finer = pane.is3d ? null : viewer.nested?.scanAt(isOther ? compare.otherOf(view) : view, pane.map().toWorld(x, y));
    return { hours: finer?.hours ?? hours, modality: finer?.modality ?? view.modality, label: '', text: '' };
  }

  /** The pointer moves without a button: the next point follows it. */
  hover(pane, x, y) {
    if (!this.draft?.set || this.draft.pane !== pane || pane.is3d) return false;
    const map = pane.map();
    if (map.isKnown(x, y)) this.preview(map.toWorld(x, y));
    return true;
  }

  preview(at) {
    this.draft = { ...this.draft, pointsUm: this.pointsWith(at) };
    this.changed();
  }

  pointsWith(at) {
    const points = this.draft.kind === 'point' ? [at] : [...this.draft.set, at];
    return this.draft.kind === 'box' && this.draft.normal ? boxOf(points[0], points[1], this.draft) : points;
  }

  // Sets a point. A click on a polygon's first corner closes it; a second click on the last point sets none.
  set(at, pane, x, y) {
    const d = this.draft, kind = kinds[d.kind], toScreen = p => sight(pane, this.viewer.view).toScreen(p);
    if (kind.many) {
      const first = toScreen(d.set[0]), last = toScreen(d.set.at(-1));
      if (kind.flat && d.set.length >= 3 && Math.hypot(first[0] - x, first[1] - y) < grab) { this.end(); return; }
      if (last && Math.hypot(last[0] - x, last[1] - y) < 2) return;
      if (d.set.length >= mostPoints) { this.viewer.tell(`It has ${mostPoints} points, which is the most; press Enter.`); return; }
    }
    if (d.kind === 'point') d.set = [];
    d.set.push(at);
    d.pointsUm = d.kind === 'box' ? this.boxPoints() : [...d.set];
    if (!kind.many && d.set.length >= kind.points) this.finish();
  }

  boxPoints() { return this.draft.set.length < 2 ? this.draft.set : boxOf(this.draft.set[0], this.draft.set[1], this.draft); }

  /** A click in 3D with a tool: the point is what is seen there. */
  async click(pane, x, y) {
    if (!this.kind) return this.select(pane, x, y);
    if (!pane.is3d) return true;
    const kind = this.viewer.tool;
    if (!kinds[kind].in3d) {
      this.viewer.tell(`A ${kinds[kind].name.toLowerCase()} is drawn in a slice.`);
      return true;
    }
    const at = await this.viewer.call('Pick', x, y, ...pane.size.map(Math.round));
    if (!at) { this.viewer.tell('Nothing is seen there to measure.'); return true; }
    // The second click of a double one, which ended a line, begins no other.
    if (this.viewer.tool !== kind || !this.draft && performance.now() - this.endedAt < 500) return true;
    if (!this.draft) {
      this.draft = { kind, ...this.now(pane, x, y), pane, thicknessUm: 0, pointsUm: [at], set: [at], isDraft: true };
      if (kinds[kind].points === 1) this.finish();
    } else if (this.draft.pane === pane) this.set(at, pane, x, y);
    this.changed();
    return true;
  }

  // A click on what is drawn selects it.
  select(pane, x, y) {
    if (this.viewer.tool !== 'navigate') return false;
    const view = this.viewer.view, map = sight(pane, view);
    let [best, near] = [null, nearLine];
    for (const m of [...this.saved, ...this.kept]) {
      const shape = seen(m, pane, view, map, false), d = shape ? distance(shape, x, y) : Infinity;
      if (d < near) [best, near] = [m, d];
    }
    best ??= this.noteAt(pane, x, y) ?? null;
    if (best) this.viewer.patch({ selected: best.id });
    return best !== null;
  }

  /** A double click ends a polygon or a polyline, or begins to write in the note that is under it. */
  double(pane, x, y) {
    if (!this.kind) return this.viewer.tool === 'navigate' && this.rewrite(this.noteAt(pane, x, y));
    if (kinds[this.draft?.kind]?.many) this.end();
    return true;
  }

  /** Ends a polygon or polyline where it has points enough; else begins to write in the selected note. */
  end() {
    const d = this.draft;
    if (!d) return this.rewrite(this.find(this.viewer.view.selected));
    const kind = kinds[d.kind];
    if (!kind.many || !d.set) return false;
    if (d.set.length < kind.points) {
      this.viewer.tell(`A ${kind.name.toLowerCase()} has ${kind.points} points or more; click where the next one is.`);
      return true;
    }
    d.pointsUm = d.set;
    this.endedAt = performance.now();
    this.finish();
    return true;
  }

  /** The note whose text or place is under the pointer. */
  noteAt(pane, x, y) {
    const { view } = this.viewer, map = sight(pane, view);
    return this.shown().find(m => {
      if (m.kind !== 'note' || m.isDraft) return false;
      const box = m.plate?.get(pane.index), shape = seen(m, pane, view, map, false);
      return shape && (distance(shape, x, y) < nearLine
        || box && x >= box[0] && y >= box[1] && x <= box[0] + box[2] && y <= box[1] + box[3]);
    });
  }

  // Text is written over the picture; what writes it is loaded when it is wanted first.
  rewrite(m) {
    if (m?.kind !== 'note' || !this.mayChange(m)) return false;
    this.write(m, this.viewer.chosen);
    return true;
  }

  async write(m, pane) {
    const { writeNote } = await import('./annotate.js');
    const text = await writeNote(this.viewer, pane, m);
    if (this.draft === m) this.draft = null;
    if (text !== null && text !== m.note) {
      if (m.isSaved) this.viewer.siteMarks.own('note', m.id, text);
      else this.sender.send({ ...m, note: text, isDraft: true, open: false });
    }
    this.changed();
  }

  /** Gives up what is being drawn. */
  cancel() {
    if (!this.draft) return false;
    this.draft = null;
    this.changed();
    return true;
  }

  /** Deletes something, if it is a measurement. */
  remove(id) {
    const m = this.find(id), { viewer } = this;
    if (!m) return false;
    const leave = () => viewer.view.selected === id && viewer.patch({ selected: '' });
    if (this.mayChange(m) && m.isSaved) {
      viewer.siteMarks.own('remove', 'measurement', id);
      leave();
    } else if (this.mayChange(m)) this.sender.forget(id).then(isGone => isGone && leave());
    return true;
  }

  // What was drawn is measured and kept. What has no size is not: nobody meant it.
  finish() {
    const d = this.draft, why = withoutSize(d);
    if (d.kind === 'note' && !d.note) { this.write(d, d.pane); return; }
    this.draft = null;
    if (why) {
      this.viewer.tell(why);
      this.changed();
    } else this.sender.send({ ...d, isDraft: true, open: false });
  }
}
