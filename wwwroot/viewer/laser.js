// The laser pointer: a trail at places of the world that fades. While its key is held, or its tool chosen, the pointer draws it; all who
// are here see it, and nothing is kept.
import { pathOf, circle } from './marks.js';

const lives = 1300, interval = 100, mostPoints = 24, mostKept = 400;

export class Laser {
  constructor(together) {
    Object.assign(this, { together, viewer: together.viewer, trails: new Map(), isHeld: false, waiting: [], pane: 0, timer: 0 });
    const options = { signal: this.viewer.ended.signal, capture: true };
    addEventListener('keyup', e => { if (e.key === '1') this.release(); }, options);
    addEventListener('blur', () => this.release(), options);
  }

  /** Whether some trail is seen. */
  get isOn() { return this.trails.size > 0; }

  hold() {
    if (this.isHeld) return;
    this.isHeld = true;
    if (this.last) this.hover(...this.last);
  }

  release() { this.isHeld = false; }

  hover(pane, x, y) {
    this.last = [pane, x, y];
    if (!this.isHeld && this.viewer.tool !== 'laser') return;
    if (!this.together.isSeen) {
      this.viewer.tell('Who points is seen by all; switch “Be seen by others” on in Display first.');
      return;
    }
    if (pane.is3d) this.together.pick(pane, x, y, at => this.add(3, at));
    else if (pane.map().isKnown(x, y)) this.add(pane.index, pane.map().toWorld(x, y));
  }

  add(pane, at) {
    const { together } = this;
    if (this.pane !== pane) { this.send(); this.pane = pane; }
    this.keep(together.me, together.color, pane, [at]);
    this.waiting.push(at);
    if (together.roster.all.length) this.timer ||= setTimeout(() => this.send(), interval);
    else this.waiting.length = 0;
    together.draw();
  }

  send() {
    clearTimeout(this.timer);
    this.timer = 0;
    const points = this.waiting.splice(0).slice(-mostPoints);
    if (points.length) this.viewer.send('Point', this.pane, points.flat());
  }

  heard(id, color, pane, numbers) {
    if (!this.together.showsOthers) return;
    const points = [];
    for (let i = 0; i + 2 < numbers.length; i += 3) points.push(numbers.slice(i, i + 3));
    this.keep(id, color, pane, points);
    this.together.draw();
  }

  keep(id, color, pane, points) {
    const trail = this.trails.get(id) ?? { points: [] }, at = performance.now();
    Object.assign(trail, { color, pane });
    // They came together, and were drawn one after another.
    points.forEach((p, i) => trail.points.push({ p, pane, at: at - (points.length - 1 - i) * interval / points.length }));
    if (trail.points.length > mostKept) trail.points.splice(0, trail.points.length - mostKept);
    this.trails.set(id, trail);
  }

  /** Lets old points go; true while any is left. */
  fade(now) {
    for (const [id, trail] of this.trails) {
      trail.points = trail.points.filter(p => now - p.at < lives);
      if (!trail.points.length) this.trails.delete(id);
    }
    return this.isOn;
  }

  draw(g, pane, view, toScreen) {
    const now = performance.now(), reach = 2 * Math.min(...this.viewer.volume(view).voxelUm);
    for (const { color, points } of this.trails.values()) {
      const pieces = [];
      let before = null;
      for (const { p, pane: drawnIn, at } of points) {
        const s = toScreen(p), life = 1 - (now - at) / lives;
        // In the pane where it was drawn it is seen wherever that pane's slice is now; in the others, where it lies in theirs.
        const isHere = s && life > 0 && (pane.is3d || drawnIn === pane.index || Math.abs(s[2]) <= reach);
        if (isHere && before?.drawnIn === drawnIn) pieces.push({ path: pathOf([before.s, s]), life });
        before = isHere ? { s, drawnIn, life } : null;
      }
      // All of the dark rim first, so that no piece of it lies on the colour.
      for (const [stroke, width] of [['rgba(0,0,0,.6)', 3], [color, 1]])
        for (const { path, life } of pieces) {
          Object.assign(g, { globalAlpha: life, strokeStyle: stroke, lineWidth: width + 4 * life });
          g.stroke(path);
        }
      if (before) {
        g.globalAlpha = before.life;
        g.fillStyle = color;
        g.fill(circle(before.s[0], before.s[1], 5));
        g.fillStyle = '#fff';
        g.fill(circle(before.s[0], before.s[1], 2.2));
      }
      g.globalAlpha = 1;
    }
  }
}
