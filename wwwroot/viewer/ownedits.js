// What somebody does to sites and annotations in this page without the server's panels: marks, moves, follows through time, judges, labels,
// deletes, and leaves a field while there is no server. Each becomes an operation that replica.js keeps until a server has done it.
const place = ['zUm', 'yUm', 'xUm'], sameHours = 1e-6;
const pick = (state, fields) => Object.fromEntries(fields.map(f => [f, state[f]]));
const placeAt = at => Object.fromEntries(place.map((f, i) => [f, Math.round(at[i] * 1000) / 1000]));
const isAt = (p, hours) => Math.abs(p.hours - hours) < sameHours;
const numberOf = text => /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;

export class OwnEdits {
  constructor(replica) {
    const { viewer } = replica, { signal } = viewer.ended;
    Object.assign(this, { replica, viewer });
    document.addEventListener('change', e => this.left(e.target), { signal, capture: true });
    // What was left in the moment in which the line broke, the circuit did not hear.
    document.addEventListener('connectionchange', () => {
      for (const field of document.querySelectorAll('[data-unsaved] [data-draft]'))
        if (field !== document.activeElement) this.left(field);
    }, { signal });
  }

  change(kind, id, fields, more = {}) {
    const seen = this.replica.seen(kind, id);
    if (!seen) return null;
    const { was = pick(seen, Object.keys(fields)), ...own } = more;
    this.replica.edit({ do: 'change', kind, id, base: seen.version || undefined, fields, was }, own);
    return id;
  }

  /** Puts a new site at a place; its id. */
  add(at, hours, modality) {
    const id = this.replica.newKey().slice(0, 12), fields = { ...placeAt(at), hours, modality, radiusUm: 5 };
    this.replica.edit({ do: 'add', kind: 'site', id, fields: { ...fields, status: 'proposed', note: '', label: '' } });
    return id;
  }

  remove(kind, id) {
    const seen = this.replica.seen(kind, id);
    if (seen) this.replica.edit({ do: 'delete', kind, id, base: seen.version || undefined });
  }

  /** Moves a site: what it is at some hours, or where it was marked. */
  move(id, at, hours) { return hours === undefined ? this.change('site', id, placeAt(at)) : this.follow(id, hours, at); }

  /** Says where a site is at some hours. */
  follow(id, hours, at) {
    const site = this.replica.seen('site', id);
    if (!site) return null;
    if (isAt(site, hours)) return this.change('site', id, placeAt(at));
    const others = (site.track ?? []).filter(p => !isAt(p, hours));
    return this.change('site', id, { track: [...others, { hours, ...placeAt(at) }].sort((a, b) => a.hours - b.hours) });
  }

  /** Takes a site's position at some hours away; where that is its own, the next one takes its place. */
  unfollow(hours) {
    const { selected } = this.viewer.view, site = this.replica.seen('site', selected), track = site?.track ?? [];
    if (!track.length) return null;
    if (!isAt(site, hours)) return this.change('site', selected, { track: track.filter(p => !isAt(p, hours)) });
    const [first, ...rest] = [...track].sort((a, b) => a.hours - b.hours);
    return this.change('site', selected, { ...pick(first, [...place, 'hours']), modality: site.modality, track: rest });
  }

  /** Says what is thought of the selected site. */
  judge(status) { return this.change('site', this.viewer.view.selected, { status }); }

  /** Gives what is selected a label, or takes it away. */
  label(label) {
    const { selected } = this.viewer.view, kind = this.replica.seen('site', selected) ? 'site' : 'measurement';
    const labels = this.replica.seen(kind, selected)?.labels ?? [];
    return this.change(kind, selected, { labels: labels.includes(label) ? labels.filter(l => l !== label) : [...labels, label] })
      ?? this.viewer.tell('What is not saved has its labels in the Measure panel.');
  }

  /** Writes a saved note's text. */
  note(id, note) { return this.change('measurement', id, { note }); }

  // A field that is left without a server: its text, which stays a draft as well, is sent when there is one.
  left(field) {
    const { draft, draftSaved: begun = '' } = field?.dataset ?? {}, { value: text } = field ?? {};
    if (window.connection.isOnline || !draft?.startsWith(this.replica.of) || text === begun) return;
    const [, , kind, id, name, key] = draft.split('/'), fields = this.fieldsOf(kind, id, name, key, text);
    if (!fields) return;
    const before = this.replica.pending.findLast(p => p.draft === draft && p.version === undefined);
    if (before?.text === text) return;
    if (before && !before.isSent) this.replica.drop(before);
    const isText = name === 'label' || name === 'note', was = before?.isSent ? before.op.fields : isText ? { [name]: begun } : undefined;
    this.change(kind, id, fields, { ...(was && { was }), draft, text });
  }

  // What cannot be read here, as a number with a comma, waits for the server as a draft.
  fieldsOf(kind, id, name, key, text) {
    if (name === 'label') return text.trim() ? { label: text.trim() } : null;
    if (name === 'note') return { note: text };
    const number = numberOf(text);
    if (name === 'radius') return number === undefined ? null : { radiusUm: number };
    const { type } = this.viewer.schema?.fields.find(f => f.id === key) ?? {};
    const { [key]: _, ...others } = this.replica.seen(kind, id)?.fields ?? {};
    if (name !== 'field' || type !== 'text' && type !== 'number' || type === 'number' && text && number === undefined) return null;
    return { fields: text ? { ...others, [key]: type === 'text' ? text : number } : others };
  }

  // The buttons of the panel show what was chosen, before the server has heard it and after it refused.
  paint() {
    const { selected } = this.viewer.view ?? {}, mark = this.replica.seen('site', selected) ?? this.replica.seen('measurement', selected);
    const press = (b, isOn) => { if (b.getAttribute('aria-pressed') !== `${isOn}`) b.setAttribute('aria-pressed', isOn); };
    if (!mark) return;
    for (const b of document.querySelectorAll('[data-action=judge]')) press(b, b.dataset.status === mark.status);
    for (const b of document.querySelectorAll('[data-action=label]')) press(b, Boolean(mark.labels?.includes(b.dataset.label)));
  }
}
