// Handles at the ends of stretches that can be moved (PlotSpan.Id). The line follows pointer or keys at once; the new ends are told when
// the pointer or the key is released, since what follows from them is computed by the server.
import { format } from './marks.js';

const overlap = 4, reach = 16;

export class Handles {
  constructor(drawing) { Object.assign(this, { drawing, moving: null }); }

  /** The handle that has the focus, to give it to its successor in the next drawing. */
  get focused() { return document.activeElement?.closest?.('.plot-handle')?.dataset.handle ?? null; }

  /** Puts handles over a drawing that was just made. */
  draw(focused) {
    const { shown, data } = this.drawing, { x } = shown.domain;
    data.spans.forEach((span, index) => {
      if (span.id == null) return;
      for (const end of ['from', 'to']) if (span[end] >= x[0] && span[end] <= x[1]) shown.svg.append(this.handle(span, index, end));
    });
    if (focused) shown.svg.querySelector(`[data-handle="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  handle(span, index, end) {
    const { frame } = this.drawing.shown, tall = frame.bottom - frame.top, middle = frame.top + tall / 2;
    const group = node('g', { class: 'plot-handle', tabindex: 0, role: 'slider', 'aria-orientation': 'horizontal', 'data-own-arrows': '',
      'data-handle': `${span.id}:${end}`, 'aria-label': `${span.text || 'Range'}, ${end === 'from' ? 'start' : 'end'}`,
      style: `color: ${span.color}` });
    // Each reaches outwards, so that both ends of a short stretch can be taken.
    group.append(
      node('rect', { class: 'plot-handle-reach', x: end === 'from' ? -reach : -overlap, width: reach + overlap, y: frame.top,
        height: tall }),
      node('line', { y1: frame.top, y2: frame.bottom }),
      node('rect', { class: 'plot-handle-grip', x: -4, width: 8, y: middle - 11, height: 22, rx: 4 }));
    const at = { group, span, index, end };
    this.place(at);
    this.listen(at);
    return group;
  }

  place({ group, span, end }) {
    const { data: { x: axis }, shown } = this.drawing, [least, most] = this.limits(span, end);
    group.setAttribute('transform', `translate(${shown.x.apply(span[end])} 0)`);
    group.setAttribute('aria-valuemin', least);
    group.setAttribute('aria-valuemax', most);
    group.setAttribute('aria-valuenow', span[end]);
    group.setAttribute('aria-valuetext', this.words(axis, span[end]));
  }

  words(axis, value) { return `${format(axis, value)}${axis.unit ? ' ' + axis.unit : ''}`; }

  // An end goes as far as the other end, and within what the axis or the stretch allows.
  limits(span, end) {
    const { x } = this.drawing.shown.domain, least = span.least ?? Math.min(x[0], span.from), most = span.most ?? Math.max(x[1], span.to);
    return end === 'from' ? [least, span.to] : [span.from, most];
  }

  listen(at) {
    const { group } = at;
    let offset = null;
    group.addEventListener('pointerdown', e => {
      if (e.button !== 0 || !e.isPrimary) return;
      e.stopPropagation();
      e.preventDefault();
      group.setPointerCapture(e.pointerId);
      group.focus({ preventScroll: true });
      this.drawing.figure.setAttribute('data-by-pointer', '');
      this.drawing.point(null);
      offset = e.clientX - this.drawing.shown.x.apply(at.span[at.end]);
      this.begin(at);
    });
    group.addEventListener('pointermove', e => {
      e.stopPropagation();
      if (offset !== null) this.move(at, this.rounded(this.drawing.shown.x.invert(e.clientX - offset)));
    });
    group.addEventListener('pointerup', e => { e.stopPropagation(); offset = null; this.end(true); });
    group.addEventListener('pointercancel', () => { offset = null; this.end(false); });
    for (const name of ['click', 'dblclick']) group.addEventListener(name, e => e.stopPropagation());
    group.addEventListener('keydown', e => this.key(e, at));
    group.addEventListener('keyup', () => { if (offset === null) this.end(true); });
    group.addEventListener('blur', () => { if (offset === null) this.end(true); });
  }

  key(e, at) {
    const step = (at.span.step ?? this.step()) * (e.shiftKey || e.key.startsWith('Page') ? 10 : 1);
    const [least, most] = this.limits(at.span, at.end);
    const by = { ArrowRight: step, ArrowUp: step, PageUp: step, ArrowLeft: -step, ArrowDown: -step, PageDown: -step }[e.key];
    const to = by ? at.span[at.end] + by : { Home: least, End: most }[e.key];
    if (to === undefined && !(e.key === 'Escape' && this.moving)) return;
    e.preventDefault();
    e.stopPropagation();
    this.drawing.figure.removeAttribute('data-by-pointer');
    if (to === undefined) return this.end(false);
    this.begin(at);
    this.move(at, by ? Number(to.toPrecision(12)) : to);
  }

  // A hundredth of what is shown, as 1, 2 or 5 times a power of ten.
  step() {
    const { x } = this.drawing.shown.domain, exact = (x[1] - x[0]) / 100, ten = 10 ** Math.floor(Math.log10(exact));
    return ten * [1, 2, 5, 10].find(n => n * ten >= exact * 0.999);
  }

  // No digit that a pixel does not justify.
  rounded(value) {
    const { x } = this.drawing.shown.domain, pixel = (x[1] - x[0]) / this.drawing.width;
    const digits = Math.min(15, Math.max(0, -Math.floor(Math.log10(pixel))));
    return Number(value.toFixed(digits));
  }

  begin(at) {
    if (this.moving?.at === at) return;
    this.end(true);
    this.moving = { at, from: at.span.from, to: at.span.to };
  }

  move(at, value) {
    const [least, most] = this.limits(at.span, at.end);
    at.span[at.end] = Math.min(Math.max(value, least), most);
    this.place(at);
    this.ground(at);
    this.drawing.say(this.drawing.shown.x.apply(at.span[at.end]), this.drawing.shown.frame.top + 30,
      `${at.group.getAttribute('aria-label')}\n${at.group.getAttribute('aria-valuetext')}`);
  }

  // The ground of the stretch follows; its name stays where it is until the next drawing.
  ground({ span, index }) {
    const { svg, x } = this.drawing.shown, rect = svg.querySelectorAll("g[data-mark='rect']")[index]?.querySelector('rect');
    rect?.setAttribute('x', x.apply(span.from));
    rect?.setAttribute('width', Math.max(0, x.apply(span.to) - x.apply(span.from)));
  }

  end(isKept) {
    const { moving } = this;
    if (!moving) return;
    this.moving = null;
    this.drawing.say(null);
    const { span } = moving.at;
    if (isKept && (span.from !== moving.from || span.to !== moving.to)) this.drawing.tellSpan(span);
    else if (!isKept) {
      [span.from, span.to] = [moving.from, moving.to];
      this.place(moving.at);
      this.ground(moving.at);
    }
    this.drawing.drawLate();
  }
}

function node(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
