// The view between page and server: what this page changes is drawn over at once and sent once an animation frame; what the server says
// of the view never takes back what this page changed since.
const keptViews = 400, keptChanges = 60;

export class Changes {
  constructor(viewer) {
    // revision: the newest that is known. heard: the newest whose view the server told. pending: changed, not yet sent. sent: on its way.
    // own: changes of this page by the revision that they made. views: by revision. changedAt: when each of them was changed here.
    Object.assign(this, { viewer, revision: 0, heard: 0, pending: null, sent: [], own: [], views: new Map(), changedAt: new Map() });
    // The revision of the view that the address bar has.
    this.addressed = -1;
    // How many answers are awaited that say from which frame on an exact one shows what is looked at.
    this.asking = 0;
  }

  /** Begins again from what the server has. */
  reset(revision) {
    this.revision = revision;
    this.addressed = -1;
    this.own = [];
    this.views.clear();
  }

  get isAsking() { return this.pending || this.asking; }

  // Views may overtake each other on the way; one older than another that was heard says nothing new.
  heardOf(view, revision, awaited) {
    if (revision >= this.heard) this.accept(view, revision);
    this.viewer.await(awaited);
  }

  // What this page changed since, what is on its way to the server, and what is not yet sent stays on top of what the server says.
  accept(view, revision, isStep = true) {
    const { viewer } = this, before = viewer.view, since = this.own.filter(o => o.revision > revision).map(o => o.change);
    this.heard = revision;
    viewer.view = Object.assign({}, view, ...since, ...this.sent, this.pending);
    if (isStep) viewer.steps.changed(before, viewer.view);
    this.remember(revision, view);
    viewer.arrangement.maximizedChanged();
    viewer.refresh();
  }

  remember(revision, view) {
    this.revision = Math.max(this.revision, revision);
    this.views.set(revision, view);
    if (this.views.size > keptViews) this.views.delete(this.views.keys().next().value);
  }

  viewOf(revision) { return this.views.get(revision) ?? this.viewer.view; }

  patch(fields) {
    const { viewer } = this, before = viewer.view;
    viewer.view = { ...viewer.view, ...fields };
    viewer.steps.changed(before, viewer.view);
    if (!this.pending) requestAnimationFrame(() => this.flush());
    this.pending = { ...this.pending, ...fields };
    if ('maximized' in fields) viewer.arrangement.maximizedChanged();
    viewer.refresh();
    viewer.exactness();
  }

  async flush() {
    const { viewer } = this, { view } = viewer, change = this.pending, at = performance.now();
    // What is changed while the server is away is sent when it is back.
    if (!change || !viewer.link.isConnected) return;
    this.pending = null;
    this.asking++;
    this.sent.push(change);
    try {
      const answer = await viewer.link.ask('Look', JSON.stringify(change));
      if (answer) this.made(change, view, at, ...answer);
    } catch {
      this.pending = { ...change, ...this.pending };
    }
    this.sent = this.sent.filter(c => c !== change);
    this.asking--;
    viewer.exactness();
  }

  // The server took a change, which made a revision.
  made(change, view, at, revision, ...awaited) {
    this.remember(revision, view);
    this.own.push({ revision, change });
    if (this.own.length > keptChanges) this.own.shift();
    this.changedAt.set(revision, at);
    if (this.changedAt.size > keptViews) this.changedAt.delete(this.changedAt.keys().next().value);
    this.viewer.await(awaited);
  }

  /** How long ago the change was made whose picture has come, ms; null where it was not made here, or its picture came before. */
  latencyOf(revision) {
    const at = this.changedAt.get(revision);
    if (!at) return null;
    this.changedAt.delete(revision);
    return performance.now() - at;
  }
}
