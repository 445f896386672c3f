// What somebody does to sites and annotations in this page without the server's panels: marks, draws, moves, follows through time, cuts,
// joins, judges, labels, chooses values and colours, deletes, and leaves a field while there is no server. Each becomes an operation that
// replica.js keeps until a server has done it.
import { meet, positionsOf, split } from './chains.js';

const place = ['zUm', 'yUm', 'xUm'], sameHours = 1e-6, shown = 6e-7;
const pick = (state, fields) => Object.fromEntries(fields.map(f => [f, state[f]]));
const placeAt = at => Object.fromEntries(place.map((f, i) => [f, Math.round(at[i] * 1000) / 1000]));
const isAt = (p, hours) => Math.abs(p.hours - hours) < sameHours;
// What a site was when it was cut or joined: where it is through time.
const whole = [...place, 'hours', 'modality', 'track'];
const textOf = value => value === true ? 'yes' : value === false ? 'no' : `${value ?? ''}`;
// Points to a picometre, as they are kept; what was drawn in 3D has no plane.
const shapeOf = ({ kind, pointsUm, right = null, down = null, thicknessUm = 0, widthUm = 0, hours, modality }) => ({
  kind, pointsUm: pointsUm.map(p => p.map(c => Math.round(c * 1e6) / 1e6)), right, down, thicknessUm, widthUm, hours, modality,
});
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
  unfollow(id, hours) {
    const site = this.replica.seen('site', id), track = site?.track ?? [];
    if (!track.length) return null;
    if (!isAt(site, hours)) return this.change('site', id, { track: track.filter(p => !isAt(p, hours)) });
    const [first, ...rest] = [...track].sort((a, b) => a.hours - b.hours);
    return this.change('site', id, { ...pick(first, [...place, 'hours']), modality: site.modality, track: rest });
  }

  /** Says what is thought of a site. */
  judge(id, status) { return this.change('site', id, { status }); }

  /** Gives a site or an annotation a label, or takes it away. */
  label(id, label) {
    const kind = this.replica.seen('site', id) ? 'site' : 'measurement';
    const labels = this.replica.seen(kind, id)?.labels ?? [];
    return this.change(kind, id, { labels: labels.includes(label) ? labels.filter(l => l !== label) : [...labels, label] })
      ?? this.viewer.tell('What is not saved has its labels in the Measure panel.');
  }

  /** Gives a field of the dataset one of its choices, yes or no; an empty text takes the value away. */
  choose(id, field, text) {
    const kind = this.replica.seen('site', id) ? 'site' : 'measurement', seen = this.replica.seen(kind, id);
    const { [field]: _, ...others } = seen?.fields ?? {}, { type } = this.viewer.schema?.fields.find(f => f.id === field) ?? {};
    return seen && this.change(kind, id, { fields: text ? { ...others, [field]: type === 'yesNo' ? text === 'yes' : text } : others });
  }

  /** Gives a saved annotation a colour; an empty one is that of its kind. */
  color(id, color) { return this.change('measurement', id, { color }); }

  /** Cuts a site in two: what it is from some hours on is a new site. */
  split(id, hours) {
    const site = this.replica.seen('site', id);
    if (!site) return null;
    if (!split(site, hours)) {
      const [{ hours: first }] = positionsOf(site);
      this.viewer.tell(`${site.label} has positions only ${first < hours ? 'before' : 'from'} ${hours} h, so that it cannot be cut there.`);
      return null;
    }
    const other = this.replica.newKey().slice(0, 12);
    this.replica.edit({ do: 'split', kind: 'site', id, base: site.version || undefined, hours, other, was: pick(site, whole) });
    return id;
  }

  /** Makes one site of two; the second is deleted. */
  join(id, other) {
    const site = this.replica.seen('site', id), joined = this.replica.seen('site', other);
    if (!site || !joined) return null;
    const both = meet(site, joined);
    if (both !== undefined) {
      this.viewer.tell(`${site.label} and ${joined.label} both have a position at ${both} h; remove one of them first.`);
      return null;
    }
    this.replica.edit({
      do: 'join', kind: 'site', id, base: site.version || undefined, was: pick(site, whole),
      other, otherWas: pick(joined, [...whole, 'status']),
    });
    return id;
  }

  /**
   * Puts a drawn shape among everybody's measurements, or gives one that is there the shape to which it was changed.
   * @returns Its id; null where it is not there any more.
   */
  draw(m) {
    const shape = shapeOf(m);
    // What somebody else made of it while it was dragged is not overwritten.
    if (m.id) return this.change('measurement', m.id, shape, m.was && { was: shapeOf(m.was) });
    const id = this.replica.newKey().slice(0, 12);
    this.replica.edit({ do: 'add', kind: 'measurement', id, fields: { ...shape, label: '', color: '', note: m.note ?? '' } });
    return id;
  }

  /** Writes a saved note's text. */
  note(id, note) { return this.change('measurement', id, { note }); }

  // A field that is left without a server: its text, which stays a draft as well, is sent when there is one, as a change of the text that
  // it was begun from. What somebody else changed meanwhile, and the field shows, is for the person to choose.
  left(field) {
    const { draft, draftSaved: begun = '' } = field?.dataset ?? {}, { value: text } = field ?? {};
    if (window.connection.isOnline || !draft?.startsWith(this.replica.of)) return;
    if (field.closest('.draft-field')?.querySelector('.draft-conflict')) return;
    const [, , kind, id, name, key] = draft.split('/'), fields = this.fieldsOf(kind, id, name, key, text);
    const newest = () => this.replica.pending.findLast(p => p.draft === draft && p.version === undefined);
    if (text === (newest()?.text ?? begun) || !fields && text !== begun) return;
    if (newest() && !newest().isSent) {
      this.replica.drop(newest());
      this.replica.marks.changed();
    }
    const from = newest()?.text ?? begun;
    if (text === from || !fields) return;
    const was = this.fieldsOf(kind, id, name, key, from, true);
    this.change(kind, id, fields, { ...(was && { was }), draft, text });
  }

  // What cannot be read here, as a number with a comma, waits for the server as a draft.
  fieldsOf(kind, id, name, key, text, isBefore) {
    if (name === 'label') return text.trim() || isBefore ? { label: isBefore ? text : text.trim() } : null;
    if (name === 'note') return { note: text };
    const seen = this.replica.seen(kind, id), kept = name === 'radius' ? seen?.radiusUm : seen?.fields?.[key];
    // A field shows six decimals of a number that may have more.
    const read = numberOf(text), number = isBefore && Math.abs(kept - read) < shown ? kept : read;
    if (name === 'radius') return number === undefined ? null : { radiusUm: number };
    const { type } = this.viewer.schema?.fields.find(f => f.id === key) ?? {};
    const { [key]: _, ...others } = seen?.fields ?? {};
    if (name !== 'field' || type !== 'text' && type !== 'number' || type === 'number' && text && number === undefined) return null;
    return { fields: text ? { ...others, [key]: type === 'text' ? text : number } : others };
  }

  // The buttons of the panel show what was chosen, before the server has heard it and after it refused.
  paint() {
    const marks = new Map(), of = id => {
      if (!marks.has(id)) marks.set(id, this.replica.seen('site', id) ?? this.replica.seen('measurement', id));
      return marks.get(id);
    };
    for (const b of document.querySelectorAll('[data-action=judge], [data-action=label], [data-action=color]')) {
      const { action, status, label, color } = b.dataset, mark = of(b.dataset.of);
      const isOn = action === 'judge' ? status === mark?.status : action === 'color' ? color === (mark?.color ?? '')
        : Boolean(mark?.labels?.includes(label));
      if (mark && b.getAttribute('aria-pressed') !== `${isOn}`) b.setAttribute('aria-pressed', isOn);
    }
    for (const s of document.querySelectorAll('select[data-choose]')) {
      const mark = of(s.dataset.of), text = textOf(mark?.fields?.[s.dataset.choose]);
      if (mark && s.value !== text) s.value = text;
    }
  }
}
