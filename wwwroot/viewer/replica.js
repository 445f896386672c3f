// This page's own edits of sites and annotations until the server has kept them. They lie over what the server tells, are kept in this
// browser while they are not answered, and are sent again with the same keys, to whichever server answers then, so that none is lost and
// none done twice.
import { OwnEdits } from './ownedits.js';

const prefix = 'edit:', slow = 700, together = 50, again = 2000;
// What a site has that nobody has given anything yet.
const blank = { version: 0, labels: [], fields: {}, track: [] };
const told = e => e.message.replace(/^.*HubException: /, '');
const kindOf = op => op.kind ?? 'site';

/** Whether this browser keeps edits of a dataset that were never answered. */
export class Replica {
  constructor(marks) {
    const { viewer } = marks, { person, identity } = viewer.root.dataset, of = `${person}/${identity}/`;
    // of: whose edits of what; drafts of fields begin so too.
    Object.assign(this, { marks, viewer, of, start: prefix + of, isSending: false, isOnlyHere: false });
    this.pending = this.stored();
    this.own = new OwnEdits(this);
  }

  newKey() { return Array.from(crypto.getRandomValues(new Uint8Array(12)), b => b.toString(16).padStart(2, '0')).join(''); }

  // What an earlier page, or another tab that is closed, could not send. Sent twice it is still done once.
  stored() {
    const found = [];
    for (let i = 0; i < localStorage.length; i++) {
      const name = localStorage.key(i);
      if (!name.startsWith(this.start)) continue;
      try {
        found.push({ ...JSON.parse(localStorage.getItem(name)), isLate: true, isSent: true });
      } catch {
        localStorage.removeItem(name);
      }
    }
    return found.sort((a, b) => a.at - b.at);
  }

  /** A site or an annotation with this page's own edits over it; undefined where it is not there. */
  seen(kind, id) {
    const isSite = kind === 'site', list = isSite ? this.marks.heard : this.viewer.measure.told;
    return this.lay(kind, list.filter(m => m.id === id)).find(m => m.id === id);
  }

  /** Keeps an operation, shows it, and sends it as soon as a server answers. */
  edit(op, more) {
    const own = { op: { key: this.newKey(), ...op }, at: Date.now(), ...more };
    try {
      localStorage.setItem(this.start + own.op.key, JSON.stringify(own));
    } catch {
      this.isOnlyHere = true;
    }
    Object.assign(own, { isLive: true, made: performance.now() });
    this.pending.push(own);
    this.marks.changed();
    setTimeout(() => this.marks.changed(), slow);
    this.flush();
  }

  /** Gives up an edit. */
  drop(own) {
    localStorage.removeItem(this.start + own.op.key);
    this.pending = this.pending.filter(p => p !== own);
  }

  /** Gives up this page's newest edit where no server has heard of it and nothing was done since some moment; false where it has. */
  takeBack(since) {
    const own = this.pending.at(-1);
    if (!own || own.isSent || own.made < since) return false;
    this.drop(own);
    this.viewer.tell('The last edit, which was not sent yet, is taken back.');
    this.marks.changed();
    return true;
  }

  /** Sites as the server told them with this page's own edits over them, and the word that they are not saved where that takes long. */
  over(sites) { return this.lay('site', sites, true); }

  /** The same of what is drawn. */
  overDrawn(drawn) { return this.lay('measurement', drawn, true); }

  lay(kind, marks, isShown) {
    const pending = this.pending.filter(p => kindOf(p.op) === kind);
    if (!pending.length) return marks;
    const byId = new Map(marks.map(m => [m.id, m])), now = Date.now();
    for (const { op, at, version } of pending) {
      const mark = byId.get(op.id), isLate = isShown && version === undefined && now - at >= slow;
      if (op.do === 'delete') byId.delete(op.id);
      else if (op.do === 'add' && !mark) byId.set(op.id, { ...blank, id: op.id, ...op.fields, label: isLate ? 'not saved' : '' });
      else if (mark) {
        const changed = { ...mark, ...op.fields };
        byId.set(op.id, isLate && !/not saved\)?$/.test(changed.label) ? { ...changed, label: `${changed.label} (not saved)` } : changed);
      }
    }
    return [...byId.values()];
  }

  // The version that the server told of what an operation edits; of what it told is gone, the last.
  versionOf(op) {
    return kindOf(op) === 'site' ? this.marks.versionOf(op.id) : this.viewer.measure.told.find(m => m.id === op.id)?.version ?? Infinity;
  }

  /** The server told more: what it has of this page's edits needs no place over it. */
  heard() {
    this.pending = this.pending.filter(p => p.version === undefined || this.versionOf(p.op) < p.version);
  }

  /** Until what was sent is answered, or the line was lost. */
  async settled() { while (this.isSending) await new Promise(done => setTimeout(done, 20)); }

  async flush() {
    const { link } = this.viewer;
    if (this.isSending || !link.isConnected) return;
    this.isSending = true;
    let batch = [];
    try {
      while ((batch = this.pending.filter(p => p.version === undefined).slice(0, together)).length) {
        const ops = batch.map(p => ({ ...p.op, seenNow: p.isLive && !p.isLate || undefined }));
        for (const p of batch) p.isSent = true;
        const answers = JSON.parse(await link.hub.invoke('Edit', JSON.stringify(ops)));
        answers.forEach((answer, i) => this.answered(batch[i], answer));
        this.marks.changed();
      }
    } catch (e) {
      for (const p of batch) p.isLate = true;
      // A server that is busy, or has not let this page join yet, is asked again; a lost connection when it is back.
      if (link.isConnected) {
        const [, seconds] = /ask again in (\d+) s/.exec(e.message) ?? [];
        if (!/Join a session/.test(e.message)) this.viewer.tell(`Not saved yet, and sent again by itself: ${told(e)}`);
        setTimeout(() => this.flush(), seconds ? 1000 * seconds : again);
      }
    }
    this.isSending = false;
  }

  answered(own, { outcome, version, why }) {
    localStorage.removeItem(this.start + own.op.key);
    if (outcome === 'refused') this.viewer.tell(`Not saved: ${why}`);
    // The text of a field stays a draft where it was refused, so that it can be mended.
    else if (own.draft) window.dendriteDrafts.saved(own.draft, own.text, own.text);
    own.version = version ?? 0;
    if (outcome === 'refused' || outcome === 'unchanged') this.pending = this.pending.filter(p => p !== own);
    this.heard();
  }

  /** What is only here is lost where the browser keeps nothing and the page is left. */
  get isAtRisk() { return this.isOnlyHere && this.pending.some(p => p.version === undefined); }
}
