// What annotations need beyond measuring, loaded when it is wanted first: writing a note over the picture.
import { cameraMap } from './geometry.js';

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
