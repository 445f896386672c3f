// What annotations need beyond measuring, loaded when it is wanted first: writing a note over the picture, the dots and the legend of
// labels, and sites through time.
import { cameraMap } from './geometry.js';
import { circle, pathOf, plate, plateWidth, stroke } from './marks.js';

const trailColor = '#ffffff', mostDots = 4;

/** The colours of labels, in a row below a mark of a radius. */
export function drawDots(g, viewer, ids, x, y, r) {
  const found = (ids ?? []).map(id => viewer.schema?.labels.find(l => l.id === id)).filter(Boolean).slice(0, mostDots);
  found.forEach((label, i) => {
    const dot = circle(x + 9 * (i - (found.length - 1) / 2), y + r + 7, 3.5);
    stroke(g, dot, '#000', 1);
    g.fillStyle = label.color;
    g.fill(dot);
  });
}

/** The positions of a site in the order of their hours, its own among them. */
const positionsOf = s => [...s.track ?? [], s].toSorted((a, b) => a.hours - b.hours);

/** The ways of sites through time: a line through their positions, dashed where it is still to come. */
export function drawTrails(g, viewer, view, toScreen) {
  for (const site of viewer.sites) {
    if (!site.track?.length) continue;
    const isSelected = site.id === view.selected, seen = positionsOf(site).map(p => ({ ...p, at: toScreen([p.zUm, p.yUm, p.xUm]) }));
    if (seen.some(p => !p.at)) continue;
    g.save();
    g.globalAlpha = isSelected ? 1 : .55;
    seen.slice(1).forEach((p, i) => stroke(
      g, pathOf([seen[i].at, p.at]), trailColor, isSelected ? 1.75 : 1.25, p.hours > view.hours + 1e-9 ? [4, 4] : []));
    for (const p of seen) {
      if (Math.abs(p.hours - view.hours) < 1e-6) continue;
      const dot = circle(p.at[0], p.at[1], isSelected ? 3.5 : 2.5);
      stroke(g, dot, '#000', 1);
      g.fillStyle = p.hours < view.hours ? trailColor : '#000';
      g.fill(dot);
    }
    g.restore();
  }
}

/** The hours at which the selected site has a position, as ticks above the timeline. */
export function drawTicks(viewer, timeline, width, base) {
  const site = viewer.siteMarks.sites.find(s => s.id === viewer.view.selected);
  if (!site?.track?.length) return;
  for (const { hours } of positionsOf(site)) {
    const x = timeline.place(hours, width), tick = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    tick.setAttribute('d', `M${x - 4} ${base - 18}h8l-4 7z`);
    tick.setAttribute('class', 'site-tick');
    tick.setAttribute('fill', 'currentColor');
    tick.append(document.createElementNS('http://www.w3.org/2000/svg', 'title'));
    tick.firstChild.textContent = `${site.label} at ${hours} h`;
    timeline.svg.append(tick);
  }
}

/** Which colour is which label, of those that something carries, at the 3D picture's left edge. */
export function drawLabelLegend(g, viewer, height, labels) {
  const carried = new Set([...viewer.siteMarks.sites, ...viewer.measure.saved].flatMap(m => m.labels ?? []));
  let y = height - 66;
  for (const label of (viewer.schema?.labels ?? []).filter(l => carried.has(l.id)).toReversed()) {
    const text = label.key ? `${label.name}  ${label.key}` : label.name, wide = plateWidth(g, text) + 14;
    plate(g, '', 10, y, '#fff', wide);
    g.fillStyle = label.color;
    g.fill(circle(20, y + 9, 4));
    g.fillStyle = '#fff';
    g.fillText(text, 30, y + 13);
    labels.reserve(10, y, wide, 18);
    y -= 21;
  }
}

const mostNote = 4000;

/** Where a note's text begins in a pane, CSS pixels, kept inside of it. */
function placeOf(viewer, pane, m) {
  const [w, h] = pane.size;
  const toScreen = pane.is3d ? cameraMap(viewer.view, viewer.bounds(), w, h).toScreen : pane.map().toScreen;
  const box = m.plate?.get(pane.index), [x, y] = box ?? toScreen(m.pointsUm[1] ?? m.pointsUm[0]) ?? [w / 2, h / 2];
  return [Math.max(4, Math.min(w - 236, x)), Math.max(4, Math.min(h - 110, y))];
}

/**
 * Lets somebody write a note's text over the picture. Ctrl+Enter or leaving the field ends it, Escape gives it up.
 * @returns The text, or null where it was given up or is empty.
 */
export function writeNote(viewer, pane, m) {
  return new Promise(done => {
    const field = pane.element.appendChild(document.createElement('textarea')), [x, y] = placeOf(viewer, pane, m);
    const draft = `note/${viewer.scene.dataset}/${m.id ?? 'new'}`;
    field.className = 'note-field';
    Object.assign(field, { value: localStorage.getItem(draft) ?? m.note ?? '', maxLength: mostNote, rows: 4 });
    field.placeholder = 'Write; Ctrl+Enter keeps it, Esc gives it up';
    field.setAttribute('aria-label', 'Text of the note');
    field.style.cssText = `position: absolute; left: ${x}px; top: ${y}px; width: 228px; z-index: 5; padding: 6px 8px; resize: both;`
      + 'font: 13px/17px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: #fff; background: #000000e6;'
      + 'border: 1.5px solid #fff; border-radius: 4px';
    let isOver = false;
    const end = text => {
      if (isOver) return;
      isOver = true;
      localStorage.removeItem(draft);
      field.remove();
      viewer.focusPane();
      done(text?.trim() ? text.trim() : null);
    };
    field.addEventListener('keydown', e => {
      e.stopPropagation();
      if (e.key === 'Escape') { e.preventDefault(); end(null); }
      if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); end(field.value); }
    });
    for (const name of ['pointerdown', 'pointerup', 'pointermove', 'dblclick', 'wheel', 'contextmenu'])
      field.addEventListener(name, e => e.stopPropagation());
    // A page that goes meanwhile loses no text: the next note, or this one, begins with it.
    field.addEventListener('input', () => localStorage.setItem(draft, field.value));
    field.addEventListener('blur', () => end(field.value));
    // The click that placed the note has the focus still.
    setTimeout(() => { field.focus(); field.select(); }, 0);
  });
}
