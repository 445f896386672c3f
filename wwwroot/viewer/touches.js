// Fingers on a pane: one does what the tool says, two pinch and pan, one that stays is the right button.
const staysFor = 500, mayTremble = 8;

export class Touches {
  constructor(pane) { Object.assign(this, { pane, at: new Map(), pinch: null, isOver: false }); }

  /** True where the pane itself has nothing to do. */
  down(e) {
    if (e.pointerType !== 'touch') return false;
    if (this.at.size === 0) this.isOver = false;
    this.at.set(e.pointerId, this.pane.local(e));
    clearTimeout(this.staying);
    if (this.at.size === 1) {
      this.staying = setTimeout(() => this.pane.press(), staysFor);
      return false;
    }
    this.pane.element.setPointerCapture(e.pointerId);
    this.pane.cancel();
    this.pinch = this.at.size === 2 ? this.measure() : null;
    // What is left of a pinch is no drag.
    this.isOver = true;
    return true;
  }

  move(e) {
    const before = this.at.get(e.pointerId);
    if (e.pointerType !== 'touch' || !before) return e.pointerType === 'touch';
    const now = this.pane.local(e);
    this.at.set(e.pointerId, now);
    const drag = this.pane.drag;
    if (drag && Math.hypot(now[0] - drag.startX, now[1] - drag.startY) > mayTremble) clearTimeout(this.staying);
    if (this.pinch && this.at.size === 2) {
      const was = this.pinch, is = this.pinch = this.measure();
      this.pane.pan(is.middle[0] - was.middle[0], is.middle[1] - was.middle[1]);
      if (was.distance > 0 && is.distance > 0) this.pane.zoom(was.distance / is.distance, ...is.middle);
    }
    return this.isOver;
  }

  up(e) {
    if (e.pointerType !== 'touch') return false;
    clearTimeout(this.staying);
    this.at.delete(e.pointerId);
    this.pinch = null;
    return this.isOver;
  }

  measure() {
    const [a, b] = [...this.at.values()];
    return { distance: Math.hypot(a[0] - b[0], a[1] - b[1]), middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] };
  }
}
