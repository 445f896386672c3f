// Following somebody: their view is this page's until its person changes it. Whoever follows somebody who follows a third follows the
// third; in a circle nobody moves. What comes while they move is shown as it is, so that pages of one size share the server's pictures.
import { Glide } from './glide.js';

// Not followed: what is selected or placed is each person's own work.
const own = new Set(['selected', 'landmarks']);

export class Follow {
  constructor(together) {
    Object.assign(this, { together, viewer: together.viewer, id: null, root: null, isApplying: false, isMutual: false });
    this.glide = new Glide(this.viewer, fields => this.apply(fields));
  }

  /** Follows a page from now on. Undo goes back to the view before. */
  start(id) {
    const { together } = this;
    if (!together.roster.find(id)?.view || id === this.id) return;
    if (together.isPresenting) together.present(false);
    this.id = id;
    this.isArriving = true;
    this.rooted(true);
    together.tell();
    together.draw();
  }

  /** Shows somebody's view once, as a change of one's own. */
  take(id) {
    this.leave();
    this.taking = id;
    this.listen(id);
  }

  leave() {
    this.glide.stop();
    if (!this.id) return;
    Object.assign(this, { id: null, root: null });
    this.listen('');
    this.together.tell();
    this.together.draw();
  }

  /** Who somebody came or went, or follows another: whose view it is in the end. */
  rooted(isNew = false) {
    const { roster, me } = this.together;
    if (!this.id) return;
    if (!roster.find(this.id)) { this.leave(); return; }
    const seen = new Set();
    let root = this.id;
    while (roster.find(root)?.follows && root !== me && !seen.has(root)) { seen.add(root); root = roster.find(root).follows; }
    this.isMutual = root === me || seen.has(root);
    const whose = this.isMutual ? null : root;
    if (whose === this.root && !isNew) return;
    this.root = whose;
    this.listen(whose ?? '');
  }

  // Whose view it is tells it whole when they are asked.
  async listen(id) {
    const { viewer, together } = this;
    if (!viewer.link.isConnected) return;
    try {
      await viewer.connection.invoke('Follow', id);
    } catch (e) {
      // Who only lost the connection follows again when the hub is joined anew.
      if (!viewer.link.isConnected) return;
      together.refused(e);
      if (id && (this.taking === id || this.root === id)) {
        this.glide.stop();
        Object.assign(this, { id: null, root: null, taking: null });
        together.tell();
        together.draw();
      }
    }
    together.say({ asks: id !== '' }, true);
  }

  // The hub was joined anew.
  joined() { if (this.root) this.listen(this.root); }

  heard(id, view, sizes) {
    if (this.taking === id) {
      this.taking = null;
      this.listen('');
      this.arrive(this.fieldsOf(view, sizes));
      return;
    }
    if (id !== this.root) return;
    const fields = this.fieldsOf(view, sizes);
    if (this.isArriving) { this.isArriving = false; this.arrive(fields); return; }
    if (this.glide.isRunning) this.glide.retarget(fields);
    else this.apply(fields);
  }

  arrive(fields) {
    const { steps, view } = this.viewer, names = Object.keys(fields);
    if (!names.length) return;
    steps.begin();
    steps.add({ before: Object.fromEntries(names.map(n => [n, view[n]])), after: { ...fields }, at: performance.now() });
    steps.begin();
    this.glide.to(fields);
  }

  // What of their view is another here. Their slices are seen here as far as there.
  fieldsOf(view, sizes, without = own) {
    const { viewer } = this, wanted = { ...view };
    if (viewer.arrangement.isPhone) delete wanted.maximized;
    if (view.umPerPixel > 0 && sizes.length === 8) {
      const shares = viewer.panes.slice(0, 3).flatMap((p, i) => p.size.map((s, side) => s > 0 ? sizes[2 * i + side] / s : 0));
      const most = Math.max(...shares);
      if (most > 0) wanted.umPerPixel = view.umPerPixel * most;
    }
    const is = (a, b) => JSON.stringify(a) === JSON.stringify(b);
    return Object.fromEntries(Object.entries(wanted).filter(([f, v]) => !without.has(f) && !is(v, viewer.view[f])));
  }

  apply(fields) {
    if (!Object.keys(fields).length) return;
    this.isApplying = true;
    try { this.viewer.patch(fields); } finally { this.isApplying = false; }
  }
}
