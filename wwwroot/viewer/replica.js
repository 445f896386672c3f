// This page's own edits of sites and annotations until the server has kept them. They lie over what the server tells, are kept in this
// browser while they are not answered, and are sent again with the same keys, to whichever server answers then, so that none is lost and
// none done twice.
import { OwnEdits } from './ownedits.js';

const prefix = 'edit:', slow = 700, together = 50, again = 2000;
// Bytes of a call, and of one operation at most: the server takes 192 KiB.
const callBytes = 100 << 10, mostBytes = 190 << 10;
const encoder = new TextEncoder();
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

  /** Sites as the server told them with this page's own edits over them, which wait to be saved (isWaiting) where that takes long. */
  over(sites) { return this.lay('site', sites, true); }

  /** The same of what is drawn. */
  overDrawn(drawn) { return this.lay('measurement', drawn, true); }

  lay(kind, marks, isShown) {
    const pending = this.pending.filter(p => kindOf(p.op) === kind);
    if (!pending.length) return marks;
    const byId = new Map(marks.map(m => [m.id, m])), now = Date.now();
    for (const { op, at, version } of pending) {
      const mark = byId.get(op.id) ?? (op.do === 'add' ? { ...blank, id: op.id } : null);
      const isLate = isShown && version === undefined && now - at >= slow;
      if (op.do === 'delete') byId.delete(op.id);
      else if (mark) byId.set(op.id, { ...mark, ...op.fields, ...(isLate && { isWaiting: true }) });
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

  // What a call takes of what waits, and its text. An operation that no call takes would be refused for ever, with all that waits behind
  // it: it is given up here. The text of a field stays a draft.
  next() {
    const batch = [], texts = [];
    let bytes = 0;
    for (const own of this.pending.filter(p => p.version === undefined)) {
      const text = JSON.stringify({ ...own.op, seenNow: own.isLive && !own.isLate || undefined }), size = encoder.encode(text).length;
      if (size > mostBytes) {
        const { label } = this.seen(kindOf(own.op), own.op.id) ?? {};
        const why = `the edit${label ? ` of ${label}` : ''} has ${Math.ceil(size / 1024)} KiB, and ${mostBytes >> 10} KiB is the most.`;
        this.answered(own, { outcome: 'refused', why });
        continue;
      }
      if (batch.length === together || batch.length && bytes + size > callBytes) break;
      batch.push(own);
      texts.push(text);
      bytes += size;
    }
    return { batch, json: `[${texts.join()}]` };
  }

  async flush() {
    const { link } = this.viewer;
    if (this.isSending || !link.isConnected) return;
    this.isSending = true;
    let batch = [], json;
    try {
      while (({ batch, json } = this.next()).batch.length) {
        for (const p of batch) p.isSent = true;
        const answers = JSON.parse(await link.hub.invoke('Edit', json));
        answers.forEach((answer, i) => this.answered(batch[i], answer));
        this.marks.changed();
      }
      this.marks.changed();
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
