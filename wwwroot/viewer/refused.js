// The list of this person's edits that were not saved: those that a server refused, those that nobody answered for long, and all of them
// while the dataset is not open to be edited. They stay in this browser, and stand here, until each is done upon what is there now, or is
// given up.
const names = {
  zUm: 'place', yUm: 'place', xUm: 'place', track: 'places in time', status: 'judgement', labels: 'labels', note: 'note', label: 'name',
  radiusUm: 'radius', fields: 'fields', color: 'colour', pointsUm: 'shape',
};
const acts = { add: 'new', delete: 'deletion', split: 'cut in two', join: 'joined' }, most = 50;
const plain = 'mud-button-text mud-button-text-inherit';
const count = (n, what) => n === 1 ? `1 ${what}` : `${n} ${what}s`;

function element(tag, className, text = '') {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

function button(text, label, act) {
  const made = element('button', `mud-button-root mud-button mud-button-size-small ${plain}`, text);
  made.type = 'button';
  made.setAttribute('aria-label', label);
  made.addEventListener('click', act);
  return made;
}

export class Refused {
  /** @param list Edits that were refused before this page was opened, each with the sentence that says why. */
  constructor(replica, list) {
    Object.assign(this, { replica, viewer: replica.viewer, list, section: null });
    this.viewer.ended.signal.addEventListener('abort', () => this.section?.remove());
  }

  /** An edit was refused. */
  add(own) {
    this.list.push(own);
    this.draw();
  }

  /** What an edit changes, in words. */
  static wordsOf(replica, { op }) {
    const kind = op.kind ?? 'site', seen = replica.seen(kind, op.id), label = seen?.label || op.fields?.label;
    const changed = new Set(Object.keys(op.fields ?? {}).map(f => names[f]).filter(Boolean));
    const what = acts[op.do] ?? ([...changed].join(', ') || 'change');
    const drawn = op.fields?.kind, noun = kind === 'site' ? 'Site' : drawn ? `${drawn[0].toUpperCase()}${drawn.slice(1)}` : 'Annotation';
    return `${label || noun}, ${what}`;
  }

  draw() {
    const { replica, viewer, list } = this, waiting = replica.isLocked ? replica.waiting : [];
    this.section?.remove();
    this.section = null;
    if (!list.length && !waiting.length || viewer.ended.signal.aborted) return;
    this.style ??= document.head.appendChild(Object.assign(document.createElement('link'), {
      rel: 'stylesheet', href: new URL('../../viewer/refused.css', import.meta.url).href,
    }));
    const section = this.section = element('section', 'refused mud-paper');
    section.setAttribute('aria-label', 'Edits that were not saved');
    section.setAttribute('aria-live', 'polite');
    if (waiting.length) section.append(...this.locked(waiting));
    if (list.length) section.append(...this.refused());
    viewer.root.append(section);
  }

  locked(waiting) {
    const head = element('div', 'refused-head');
    const words = `${count(waiting.length, 'edit')} of yours ${waiting.length === 1 ? 'is' : 'are'} kept in this browser and not saved: `
      + 'you may only look at this dataset now. An owner can let you annotate again; then they are saved.';
    head.append(element('span', '', words), button('Give up', 'Give up the edits that are kept here', () => {
      for (const own of waiting) this.replica.drop(own);
      this.replica.marks.changed();
      this.draw();
    }));
    return [head, this.rows(waiting)];
  }

  refused() {
    const head = element('div', 'refused-head'), n = this.list.length;
    head.append(element('strong', '', `${count(n, 'edit')} ${n === 1 ? 'was' : 'were'} not saved`));
    if (n > 1) head.append(button('Forget all', 'Forget all edits that were not saved', () => this.forget(this.list)));
    return [head, this.rows(this.list, own => this.buttons(own))];
  }

  buttons(own) {
    const what = Refused.wordsOf(this.replica, own), forget = button('Forget', `Forget: ${what}`, () => this.forget([own]));
    return this.canRepeat(own) ? [button('Do it now', `Do it upon what is there now: ${what}`, () => this.repeat(own)), forget] : [forget];
  }

  rows(list, buttons = () => []) {
    const rows = element('ul', 'refused-list');
    for (const own of list.slice(0, most)) {
      const row = element('li'), words = element('div');
      words.append(element('span', 'refused-what', Refused.wordsOf(this.replica, own)));
      if (own.why) words.append(element('span', 'refused-why', own.why));
      row.append(words, ...buttons(own));
      rows.append(row);
    }
    if (list.length > most) rows.append(element('li', '', `and ${list.length - most} more`));
    return rows;
  }

  // The text of a field is a draft in its field, where it is mended; what was deleted meanwhile takes no change; sites that are elsewhere
  // by now are cut or joined by who has looked at them.
  canRepeat(own) {
    const { op, draft } = own;
    return this.viewer.mayEdit && !draft && !op.other && (op.do === 'add' || Boolean(this.replica.seen(op.kind ?? 'site', op.id)));
  }

  repeat(own) {
    const { key: _, base: __, was: ___, ...op } = own.op, seen = this.replica.seen(op.kind ?? 'site', op.id);
    this.forget([own]);
    this.replica.edit({
      ...op, ...(seen?.version && { base: seen.version }),
      ...(op.do === 'change' && { was: Object.fromEntries(Object.keys(op.fields).map(f => [f, seen[f]])) }),
    });
  }

  forget(list) {
    const gone = new Set(list);
    for (const own of gone) this.replica.forget(own);
    this.list = this.list.filter(own => !gone.has(own));
    this.draw();
  }
}
