// The two lines between the panes: dragged, or moved by arrow keys; where they are is kept in the browser.
const least = .15, most = .85, step = .02;

export class Splitters {
  constructor(viewer) {
    const panes = viewer.root.querySelector('#panes'), options = { signal: viewer.ended.signal };
    this.panes = panes;
    this.kept = JSON.parse(localStorage.getItem('panes') ?? '[0.5,0.5]');
    this.lines = ['v', 'h'].map((kind, i) => {
      const line = panes.appendChild(Object.assign(document.createElement('div'), { className: `splitter ${kind}`, tabIndex: 0 }));
      const aria = { role: 'separator', 'aria-orientation': i ? 'horizontal' : 'vertical', 'aria-valuemin': 100 * least,
        'aria-valuemax': 100 * most, 'aria-label': i ? 'Height of the upper panes' : 'Width of the left panes' };
      for (const [k, v] of Object.entries(aria)) line.setAttribute(k, v);
      line.addEventListener('pointerdown', e => { line.setPointerCapture(e.pointerId); e.stopPropagation(); }, options);
      line.addEventListener('pointermove', e => { if (line.hasPointerCapture(e.pointerId)) this.drag(e, i); }, options);
      line.addEventListener('pointerup', () => this.keep(), options);
      line.addEventListener('keydown', e => this.key(e, i), options);
      return line;
    });
    this.apply();
  }

  drag(e, i) {
    const r = this.panes.getBoundingClientRect();
    this.set(i, i ? (e.clientY - r.top) / r.height : (e.clientX - r.left) / r.width);
  }

  key(e, i) {
    const by = (i ? { ArrowUp: -step, ArrowDown: step } : { ArrowLeft: -step, ArrowRight: step })[e.key];
    if (!by) return;
    e.preventDefault();
    this.set(i, this.kept[i] + by);
    this.keep();
  }

  set(i, share) {
    this.kept[i] = Math.max(least, Math.min(most, share));
    this.apply();
  }

  keep() { localStorage.setItem('panes', JSON.stringify(this.kept)); }

  apply() {
    this.lines.forEach((line, i) => {
      const name = i ? '--row' : '--col', share = this.kept[i];
      this.panes.style.setProperty(name, `${share}fr`);
      this.panes.style.setProperty(`${name}2`, `${1 - share}fr`);
      line.style[i ? 'top' : 'left'] = `${100 * share}%`;
      line.setAttribute('aria-valuenow', Math.round(100 * share));
    });
  }
}
