// What this page did, in order, so that it can be taken back: changes of the view, and edits of sites, which the server takes back. A drag,
// a burst of the wheel, a held key is one step.
const silent = new Set(['maximized', 'selected']), together = 800, most = 200;
const isSame = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);

// The sessions that this tab had of a dataset before: what they did can be taken back in this one.
const sessionsOf = (dataset, own) => {
  const name = `sessions:${dataset}`, most = 16;
  let before = [];
  try { before = JSON.parse(sessionStorage.getItem(name)) ?? []; } catch { /* The tab keeps nothing. */ }
  const earlier = before.filter(s => s !== own).slice(-most);
  try { sessionStorage.setItem(name, JSON.stringify([...earlier, own].slice(-most))); } catch { /* Full or forbidden. */ }
  return { earlier, isKnown: before.includes(own) };
};

export class Steps {
  constructor(viewer) {
    Object.assign(this, { viewer, done: [], undone: [], open: null, isHeld: false, isStepping: false, work: Promise.resolve() });
    const options = { signal: viewer.ended.signal, capture: true };
    addEventListener('pointerdown', () => { this.begin(); this.isHeld = true; }, options);
    for (const type of ['pointerup', 'pointercancel']) addEventListener(type, () => { this.isHeld = false; }, options);
  }

  /** What comes next is a step of its own. */
  begin() { this.open = null; }

  /** The view changed, by a pointer, a key or a panel of this page. */
  changed(before, after) {
    const { together: others } = this.viewer;
    if (!before || others?.isApplying) return;
    const fields = Object.keys(after).filter(k => !isSame(before[k], after[k]));
    if (fields.some(f => f !== 'selected')) others?.viewChanged();
    if (this.isStepping || fields.every(f => silent.has(f))) return;
    const now = performance.now(), pick = view => Object.fromEntries(fields.map(f => [f, view[f]]));
    const open = this.open, isMore = open && (this.isHeld || now - open.at < together) && this.done.at(-1) === open
      && (this.isHeld || fields.every(f => f in open.after) || Object.keys(open.after).every(f => fields.includes(f)));
    if (isMore) {
      open.before = { ...pick(before), ...open.before };
      Object.assign(open.after, pick(after));
      open.at = now;
    } else {
      this.open = { before: pick(before), after: pick(after), at: now };
      this.add(this.open);
    }
  }

  /**
   * The server's word on the edits of annotations that this page's session made: how many since it was opened (`made` only grows), how many
   * can be taken back and made again. A panel may have taken one back itself; a server that was restarted knows none any more. What it says
   * unasked and what it answers overtake each other: the later word is the one with the higher version.
   */
  counted(edits) {
    if (this.isRecalling) { this.held = edits; return; }
    const isAnother = !this.edits || edits.made < this.edits.made, made = isAnother ? 0 : edits.made - this.edits.made;
    if (!isAnother && edits.version < this.edits.version) return;
    this.edits = edits;
    for (let i = 0; i < made; i++) {
      this.begin();
      this.add({ isSite: true });
    }
    if (!this.isAsking) this.settle();
  }

  // What this tab did before it was loaded again, or before the server that knew it was left, is asked of the journal.
  async joined() {
    const { viewer } = this, { session, dataset } = viewer.root.dataset;
    if (!viewer.mayEdit) return;
    const { earlier, isKnown } = sessionsOf(dataset, session);
    if (!earlier.length && !isKnown) return;
    this.isRecalling = true;
    try { this.recalled(JSON.parse(await viewer.connection.invoke('Recall', earlier))); } catch { /* Asked again with the next join. */ }
    this.isRecalling = false;
    // What was told meanwhile may be the later word.
    if (this.held && !(this.held.version <= this.edits?.version)) this.counted(this.held);
    this.held = null;
    this.settle();
  }

  // Edits of before lie below what this page did since.
  recalled(edits) {
    const { done, undone } = this, lacks = (list, count) => Math.max(0, count - list.filter(s => s.isSite).length);
    this.edits = edits;
    done.unshift(...Array.from({ length: lacks(done, edits.undo) }, () => ({ isSite: true })));
    undone.unshift(...Array.from({ length: lacks(undone, edits.redo) }, () => ({ isSite: true })));
  }

  // As many of this page's steps are edits as the server can take back and make again.
  settle() {
    if (!this.edits) return;
    const { done, undone, edits } = this;
    const last = list => list.findLastIndex(s => s.isSite), count = list => list.filter(s => s.isSite).length;
    while (count(done) > edits.undo) {
      const [step] = done.splice(last(done), 1);
      if (count(undone) < edits.redo) undone.push(step);
    }
    while (count(done) < edits.undo && count(undone) > edits.redo) done.push(...undone.splice(last(undone), 1));
    while (count(undone) > edits.redo) undone.splice(last(undone), 1);
    this.tell();
  }

  /** Forgets the newest change of the view, which turned out not to be meant: the first click of a double one. */
  forget(step) {
    const at = this.done.indexOf(step);
    if (at >= 0) this.done.splice(at, 1);
    this.begin();
    this.tell();
  }

  undo() { this.step(this.done, this.undone, 'Undo', step => step.before); }

  redo() { this.step(this.undone, this.done, 'Redo', step => step.after); }

  // One after another: a key held down asks for several at once.
  step(from, to, method, fields) {
    this.work = this.work.then(async () => {
      this.begin();
      // Done after all other steps, and no server knows it.
      const own = method === 'Undo' ? this.viewer.siteMarks.replica?.takeBack(this.newest) : null;
      if (own) {
        to.push({ own, at: performance.now() });
        this.tell();
        return;
      }
      // An edit that was sent and not answered comes first: the server might take back the one before it.
      const { siteMarks, brush } = this.viewer;
      await Promise.all([siteMarks.replica?.settled(), brush?.settled()]);
      await this.catchUp();
      const step = from.pop();
      if (!step) {
        this.viewer.readout.tell(`There is nothing that this page did to ${method.toLowerCase()}.`);
      } else if (step.own) {
        this.viewer.siteMarks.replica?.redo(step.own);
      } else if (!step.isSite) {
        this.isStepping = true;
        this.viewer.patch({ ...fields(step) });
        this.isStepping = false;
        to.push(step);
      } else {
        this.isAsking = true;
        let did, isRefused = false;
        try { did = await this.viewer.connection.invoke(`${method}Step`); } catch (e) {
          // The server is away or has too much to do: the step is there still, to be tried again.
          isRefused = true;
          this.viewer.tell(e.message.replace(/^.*HubException: /, ''));
        }
        this.isAsking = false;
        if (isRefused) from.push(step);
        else if (did) to.push(step);
        else this.viewer.readout.tell('That edit cannot be taken back any more, so what it changed stays as it is.');
        if (did?.warning) this.viewer.readout.tell(did.warning);
        if (did) this.counted(JSON.parse(did.edits));
        if (did) siteMarks.replica?.stepped(method === 'Undo');
        this.settle();
      }
      this.tell();
    });
  }

  // What a panel did is seen by the circuit before the hub's word on it may have come: without it an older step would be taken back. Where
  // the line is lost meanwhile, what is known must do.
  async catchUp() {
    const { viewer } = this, { pulse } = viewer, waiting = new AbortController();
    if (!viewer.mayEdit || !pulse.isOnline) return;
    const lost = new Promise(done => {
      document.addEventListener('connectionchange', () => { if (!pulse.isOnline) done(); }, { signal: waiting.signal });
    });
    const told = viewer.connection.invoke('EditCounts').then(edits => this.counted(JSON.parse(edits)), () => {});
    await Promise.race([told, lost]);
    waiting.abort();
  }

  add(step) {
    this.done.push(step);
    if (this.done.length > most) this.done.shift();
    this.undone.length = 0;
    this.tell();
  }

  // When the newest step was done that is not an edit.
  get newest() { return this.done.at(-1)?.at ?? 0; }

  /** The buttons, wherever they are. An edit that no server has heard of yet can be taken back too. */
  tell() {
    const isOpen = Boolean(this.viewer.siteMarks.replica?.untold(this.newest));
    for (const [action, isEmpty] of [['undo', !isOpen && this.done.length === 0], ['redo', this.undone.length === 0]])
      for (const b of document.querySelectorAll(`[data-action=${action}]`)) b.disabled = isEmpty;
  }
}
