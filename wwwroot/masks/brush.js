// Correcting a mask: a brush of true size in the slices, what was painted until the server's picture has it, and fills. The panel of the
// mask starts it and tells it what to do; nothing of it is loaded before.
import { length, sub } from '../viewer/geometry.js';

const mostPoints = 900, colors = { paint: '53,201,232', erase: '224,160,48' }, retryAfter = 2000, linger = 1500;
let brush = null;

/** Begins, with the panel that hears of another radius. */
export function start(panel) {
  stop();
  const viewer = window.dendrite;
  brush = viewer.brush = new Brush(viewer, panel);
  viewer.choose('brush');
}

export function stop() {
  if (!brush) return;
  const { viewer } = brush;
  brush.end();
  viewer.brush = brush = null;
  if (viewer.tool === 'brush') viewer.choose('navigate');
  viewer.overlays();
}

export function set(options) { brush?.set(options); }

class Brush {
  // sent: strokes that are drawn over the pictures until these show them; queue: what is to be sent, in order. resumed: the stroke that
  // goes on once the pointer is back where its slice has a place.
  constructor(viewer, panel) {
    Object.assign(this, { viewer, panel, does: 'paint', shape: 'disc', radius: 1, tolerance: 0, hours: 0, at: null });
    Object.assign(this, { stroke: null, resumed: null, sent: [], queue: [] });
    this.ended = new AbortController();
    this.guard = e => e.preventDefault();
    addEventListener('keydown', e => this.control(e), { signal: this.ended.signal });
    addEventListener('keyup', e => this.control(e), { signal: this.ended.signal });
  }

  end() {
    this.ended.abort();
    clearTimeout(this.telling);
  }

  set({ does, shape, radiusUm, tolerance, hours }) {
    Object.assign(this, { does, shape, radius: radiusUm, tolerance, hours });
    this.viewer.overlays();
  }

  get isOn() { return this.viewer.tool === 'brush'; }

  // Whether a click fills, where a drag would paint: a hole of the mask, or what grows by grey value.
  get fills() { return this.does === 'fill' || this.does === 'grow'; }

  // Whether it takes away: as the panel says, or the other way round with Ctrl.
  erases(e) { return (this.does === 'erase') !== (e.ctrlKey || e.metaKey); }

  // The cursor says what a press would do now.
  control(e) {
    if (e.key !== 'Control' && e.key !== 'Meta' || this.isTurned === (e.type === 'keydown')) return;
    this.isTurned = e.type === 'keydown';
    this.viewer.overlays();
  }

  // Pointer.

  down(pane, e, x, y) {
    if (!this.isOn || pane.is3d || e.button !== 0 || e.shiftKey) return null;
    const { viewer } = this, erase = this.erases(e), { hours } = this;
    if (!this.corrects(pane, x, y)) return { moved: true, move() {}, up() {} };
    const map = pane.map(), from = map.toWorld(x, y);
    if (map.depthUm !== undefined && (this.shape === 'disc' || !map.isKnown(x, y))) {
      viewer.tell(map.isKnown(x, y) ? 'A disc is flat, and this slice follows the interface; choose 3D, or press U for a flat slice.'
        : 'No interface was found there, so that this slice has no place there.');
      return { moved: true, move() {}, up() {} };
    }
    if (this.fills) return { moved: true, move() {}, up: () => this.fill(hours, from, map, e.ctrlKey || e.metaKey) };
    this.begin(pane, map, from, erase, hours);
    return {
      moved: true,
      move: (mx, my) => this.go(pane, mx, my),
      up: () => { this.resumed = null; this.finish(); },
      cancel: () => { this.stroke = this.resumed = null; viewer.overlays(); },
    };
  }

  // Whether what is seen there is of the timestep whose mask is corrected. The panel says which that is only after the server has the new
  // timestep: what was painted before would go into the mask of the one that was left.
  corrects(pane, x, y) {
    const { viewer } = this, { modality } = viewer.view, wanted = viewer.compare.hoursAt(pane, x, y);
    const all = viewer.scene.volumes.filter(v => v.modality === modality).map(v => v.hours);
    const seen = all.reduce((a, b) => Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a, all[0] ?? wanted);
    if (seen === this.hours) return true;
    viewer.tell(viewer.view.compare && wanted === viewer.view.compare.hours && wanted !== viewer.view.hours
      ? 'The mask of the timestep that is chosen is corrected; the other one is only compared with it.'
      : 'The timestep has just changed; nothing was corrected. Try again once the panel shows its mask.');
    return false;
  }

  begin(pane, map, from, erase, hours) {
    const { shape, radius } = this;
    this.stroke = { pane: pane.index, erase, shape, radius, hours, normal: map.normal, points: [from] };
    this.viewer.overlays();
  }

  // Points nearer to one another than a part of the radius, or a pixel, change nothing that is seen.
  go(pane, x, y) {
    this.at = { pane, x, y };
    const map = pane.map(), to = map.toWorld(x, y), held = this.stroke ?? this.resumed;
    if (held && !this.corrects(pane, x, y)) {
      // The timestep changed under the stroke: it ends where it was.
      this.resumed = null;
      this.finish();
    } else if (held && !map.isKnown(x, y)) {
      // A slice along the interface has no place there: the stroke ends at its edge, and goes on beyond as another one.
      this.resumed = held;
      this.finish();
    } else if (this.resumed) {
      this.begin(pane, map, to, held.erase, held.hours);
      this.resumed = null;
    }
    const s = this.stroke, last = s?.points.at(-1);
    if (s && length(sub(to, last)) >= Math.max(s.radius / 5, map.um / 2)) {
      s.points.push(to);
      if (s.points.length === mostPoints) {
        this.finish();
        this.begin(pane, map, to, s.erase, s.hours);
      }
    }
    this.viewer.overlays();
  }

  finish() {
    const s = this.stroke;
    this.stroke = null;
    if (!s) return;
    const { erase, shape, radius: radiusUm, points: pointsUm, normal } = s;
    this.sent.push(s);
    this.enqueue('strokes', s.hours, { erase, shape, radiusUm, pointsUm, normal: shape === 'disc' ? normal : undefined }, s);
  }

  fill(hours, atUm, map, erase) {
    const grown = this.does === 'grow' ? { tolerance: this.tolerance, modality: this.viewer.view.modality } : {};
    this.enqueue('fills', hours, { erase, atUm, normal: this.shape === 'disc' ? map.normal : undefined, ...grown }, null);
  }

  /** A click in 3D sets a ball where something is seen. */
  async click(pane, x, y) {
    if (!this.isOn || !pane.is3d) return false;
    if (this.shape !== 'ball' || this.does === 'fill') {
      this.viewer.tell('In the 3D picture a click sets a ball or grows from what is seen; choose 3D, and Paint, Erase or Grow.');
      return true;
    }
    if (!this.corrects(pane, x, y)) return true;
    const { hours, radius: radiusUm } = this, erase = this.does === 'erase' !== Boolean(this.isTurned);
    const at = await this.viewer.call('Pick', x, y, ...pane.size.map(Math.round));
    if (!at) { this.viewer.tell('Nothing is seen there.'); return true; }
    // What was picked may be of another timestep by now.
    if (!this.corrects(pane, x, y) || hours !== this.hours) return true;
    if (this.does === 'grow') this.fill(hours, at, null, erase);
    else this.enqueue('strokes', hours, { erase, shape: 'ball', radiusUm, pointsUm: [at] }, null);
    return true;
  }

  hover(pane, x, y) {
    if (!this.isOn) return;
    this.at = pane ? { pane, x, y } : null;
    this.viewer.overlays();
  }

  /** Alt and the wheel change the radius. */
  wheel(e, steps) {
    if (!this.isOn || !e.altKey) return false;
    this.resize(Math.exp(steps * 0.12));
    return true;
  }

  resize(factor) {
    this.radius = Number(Math.max(1e-3, Math.min(1e5, this.radius * factor)).toPrecision(3));
    this.viewer.overlays();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.panel.invokeMethodAsync('Resized', this.radius).catch(() => {}), 120);
  }

  // Sending: one after another, in the order in which it was painted. What did not reach the server, or comes too fast for it, is sent
  // again, by a name of its own, so that what it has already is not painted twice. Until all is sent, the page asks before it is left.

  enqueue(what, hours, body, stroke) {
    const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, '0')).join('');
    this.queue.push({ what, hours, body: { ...body, id }, stroke });
    if (this.queue.length > 1) return;
    addEventListener('beforeunload', this.guard);
    this.send();
  }

  /** Until what was painted is answered; not while the server does not answer. */
  async settled() { while (this.queue.length && !this.isTold) await new Promise(done => setTimeout(done, 20)); }

  async send() {
    const { viewer } = this;
    while (this.queue.length) {
      const { what, hours, body, stroke } = this.queue[0], session = viewer.root.dataset.session;
      const answer = await fetch(`/api/datasets/${viewer.scene.dataset}/masks/${hours}/${what}?session=${session}`, {
        method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' },
      }).catch(() => null);
      if (!answer || answer.status === 429 || answer.status === 503) {
        // Once is enough to say so; the stroke stays on the picture until it is kept.
        if (!this.isTold) viewer.tell('A correction is not saved yet: the server does not answer. It is sent again.');
        this.isTold = true;
        await new Promise(done => setTimeout(done, retryAfter));
        continue;
      }
      if (!answer.ok) {
        const problem = await answer.json().catch(() => ({}));
        viewer.tell(`A correction was not saved. ${problem.error ?? problem.detail ?? `The server refused it (${answer.status}).`}`);
      }
      if (answer.ok && 'tolerance' in body) this.tellGrown(body, await answer.json().catch(() => ({})));
      if (stroke) this.settle(stroke, answer.ok);
      this.isTold = false;
      this.queue.shift();
    }
    removeEventListener('beforeunload', this.guard);
  }

  // How much grew, and whether there was more.
  tellGrown({ erase, tolerance }, { voxels = 0, isCut }) {
    const many = voxels.toLocaleString('en').replaceAll(',', '\u202f');
    const count = `${many} voxels within ${tolerance} of the value there were ${erase ? 'taken away' : 'added'}`;
    const cut = ', and then it was cut off: there are more. Give a smaller tolerance, or go on from its edge';
    this.viewer.tell(`${count}${isCut ? cut : ''}.`);
  }

  // Drawn until the pane has a picture of after it was kept, or it is clear that none comes.
  settle(stroke, isKept) {
    stroke.until = isKept ? this.viewer.panes[stroke.pane].frame : -1;
    if (!isKept) this.drop(stroke);
    else setTimeout(() => this.drop(stroke), linger);
  }

  drop(stroke) {
    this.sent = this.sent.filter(s => s !== stroke);
    this.viewer.overlays();
  }

  // Drawing.

  draw(g, pane) {
    if (pane.is3d || pane.stream !== pane.index) return;
    const map = pane.map();
    this.sent = this.sent.filter(s => s.pane !== pane.index || s.until === undefined || pane.frame <= s.until);
    for (const s of this.stroke ? [...this.sent, this.stroke] : this.sent) if (s.pane === pane.index) this.way(g, map, s);
    if (this.isOn && this.at) this.cursor(g, pane, map);
  }

  way(g, map, s) {
    const points = s.points.map(p => map.toScreen(p));
    g.save();
    Object.assign(g, { lineWidth: 2 * s.radius / map.um, lineCap: 'round', lineJoin: 'round' });
    g.strokeStyle = `rgba(${colors[s.erase ? 'erase' : 'paint']},.5)`;
    g.beginPath();
    g.moveTo(points[0][0], points[0][1]);
    // A way without length is not drawn, not even its round ends.
    for (const p of points.length > 1 ? points.slice(1) : [[points[0][0] + 0.01, points[0][1]]]) g.lineTo(p[0], p[1]);
    g.stroke();
    g.restore();
  }

  // A ring of the brush's true size; of a ball, in the other slices what it cuts of them.
  cursor(g, pane, map) {
    const { at } = this, isHere = at.pane === pane;
    if (!isHere && (at.pane.is3d || this.shape === 'disc' || this.fills)) return;
    const world = at.pane.is3d ? null : at.pane.map().toWorld(at.x, at.y);
    if (!world) return;
    const [x, y, off] = isHere ? [at.x, at.y, 0] : map.toScreen(world);
    const left = this.radius ** 2 - off ** 2;
    if (left <= 0) return;
    const radius = this.fills ? 5 : Math.max(1, Math.sqrt(left) / map.um);
    const erase = (this.stroke ? this.stroke.erase : (this.does === 'erase') !== Boolean(this.isTurned));
    g.save();
    for (const [width, style] of [[3.5, 'rgba(0,0,0,.65)'], [1.5, erase ? 'rgb(240,180,70)' : '#fff']]) {
      Object.assign(g, { lineWidth: width, strokeStyle: style });
      g.beginPath();
      g.arc(x, y, radius, 0, 2 * Math.PI);
      g.stroke();
    }
    g.restore();
  }
}
