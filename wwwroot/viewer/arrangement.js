// How the panes stand and how large their pictures are: four, one that fills the view, or 3D beside one slice.
const mostRatio = 2, phone = matchMedia('(max-width: 800px)');

export const paneNames = ['z', 'y', 'x', 'volume'];

export class Arrangement {
  constructor(viewer) {
    Object.assign(this, { viewer, sizes: null, laidOutAt: 0, slice: 0 });
    addEventListener('resize', () => this.layout(), { signal: viewer.ended.signal });
    // A phone shows one pane: a window that becomes as narrow, or is no more, has another arrangement.
    phone.addEventListener('change', () => { if (viewer.view) this.maximizedChanged(); }, { signal: viewer.ended.signal });
    this.resized = new ResizeObserver(() => this.layout());
    for (const pane of viewer.streams) this.resized.observe(pane.element);
    this.watchRatio();
  }

  stop() { this.resized.disconnect(); }

  get isPhone() { return phone.matches; }

  /** The pane that fills the view, by name; null where several are seen. */
  get full() { return this.viewer.view?.maximized ?? (this.isPhone ? 'volume' : null); }

  /** Pixels of pictures a CSS pixel. */
  get ratio() { return Math.min(devicePixelRatio, mostRatio); }

  // The ratio changes alone where the window moves to another screen; each query asks about one ratio, so the next one is asked anew.
  watchRatio() {
    const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`), end = { signal: this.viewer.ended.signal, once: true };
    query.addEventListener('change', () => { this.checkRatio(); this.watchRatio(); }, end);
  }

  checkRatio() {
    if (devicePixelRatio === this.laidOutAt || !this.viewer.scene) return;
    this.viewer.exactness();
    this.layout();
  }

  layout(force = false) {
    const { viewer } = this, { changes } = viewer;
    this.laidOutAt = devicePixelRatio;
    for (const pane of viewer.streams) pane.measure();
    const { ratio } = this, sizes = viewer.streams.flatMap(p => p.size.map(v => Math.round(v * ratio))), key = sizes.join();
    if ((key !== this.sizes || force) && viewer.link?.isConnected && viewer.scene) {
      this.sizes = key;
      // Until the server has said which frames have this layout, none is said to be exact.
      changes.asking++;
      viewer.connection.invoke('Layout', sizes, ratio)
        .then(awaited => { changes.asking--; viewer.await(awaited); }, () => { changes.asking--; });
      viewer.exactness();
    }
    viewer.overlays();
    viewer.sliders();
  }

  maximizedChanged() {
    const { viewer, full } = this, { root } = viewer, panes = root.querySelector('#panes');
    if (full) panes.dataset.full = full; else delete panes.dataset.full;
    // 3D beside the slice that was used last.
    if (viewer.active && !viewer.active.is3d) this.slice = viewer.active.index;
    const { layout = 'four' } = document.documentElement.dataset;
    Object.assign(panes.dataset, { layout: full ? 'one' : layout, beside: paneNames[this.slice] });
    root.querySelectorAll('[data-full]').forEach(b => { if (b !== panes) b.setAttribute('aria-pressed', b.dataset.full === full); });
    requestAnimationFrame(() => this.layout());
  }
}
