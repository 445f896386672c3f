// Keys: one table that dispatches them and is listed as help. They work wherever the focus is, except where letters are text.
const textInputs = new Set([
  'text', 'search', 'number', 'email', 'password', 'url', 'tel', 'date', 'time', 'datetime-local', 'month', 'week',
]);
const popups = '.mud-popover-open:not(.mud-tooltip)';
const dialogs = 'dialog[open], .mud-dialog, [role=dialog][aria-modal=true]';
// Elements that have arrow keys of their own. The slider of a slice has only some.
const arrowOwners = 'select, input[type=range], input[type=radio], [role=slider]:not(.slice-slider), [role=spinbutton], '
  + '[role=radiogroup], [role=menu], [role=menubar], [role=listbox], [role=grid], [role=tree], [role=combobox][aria-expanded=true], '
  + '[role=separator], [data-own-arrows]';
const pressed = 'button, a[href], summary, select, input[type=checkbox], input[type=radio], [role=button], [role=tab], [role=menuitem], '
  + '[role=option], [role=switch], [role=checkbox], [role=radio], [role=combobox]';

/** Whether letters typed at an element are text. */
function takesText(e) {
  if (e.isContentEditable) return true;
  if (e.matches('textarea')) return !e.readOnly && !e.disabled;
  if (e.matches('input') && textInputs.has(e.type)) return !e.readOnly && !e.disabled;
  return e.matches('[role=textbox], [role=searchbox]') || e.closest('[role=combobox][aria-expanded=true]') !== null;
}

export class Keys {
  /** @param viewer What they act on. @param table Rows of { key, shift, shows, does, group, run(event) }. */
  constructor(viewer, table) {
    Object.assign(this, { viewer, table, isByPointer: false });
    const options = { signal: viewer.ended.signal, capture: true };
    addEventListener('keydown', e => this.press(e), options);
    addEventListener('pointerdown', () => { this.isByPointer = true; this.closing = null; }, options);
  }

  // Arrows go along the tabs of a panel for who came there by keys; who clicked one goes on looking at the panes.
  ownsArrows(at) { return at.closest(arrowOwners) !== null || !this.isByPointer && at.closest('[role=tablist]') !== null; }

  press(e) {
    const at = e.target instanceof Element ? e.target : document.body;
    if (e.key === 'Tab') this.isByPointer = false;
    if (!this.viewer.scene || e.defaultPrevented || e.isComposing || !e.isTrusted && e.key === 'Escape') return;
    if (e.key === 'Escape') { this.escape(e, at); return; }
    if (at.closest(dialogs) || document.querySelector(dialogs) || takesText(at)) return;
    if (!e.repeat) this.viewer.steps.begin();
    const isUndo = (e.ctrlKey || e.metaKey) && !e.altKey && ['z', 'y'].includes(e.key.toLowerCase());
    if (isUndo) {
      this.take(e);
      if (e.shiftKey || e.key.toLowerCase() === 'y') this.viewer.steps.redo(); else this.viewer.steps.undo();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if ((e.key === ' ' || e.key === 'Enter') && at.closest(pressed)) return;
    if (e.key.startsWith('Arrow') && this.ownsArrows(at)) return;
    if (at.closest('.slice-slider') && (e.key === 'ArrowUp' || e.key === 'ArrowDown') && !e.shiftKey) return;
    if (e.key === 'Delete' && at.closest('[data-own-delete]')) return;
    if (at.closest('[data-own-keys]')?.dataset.ownKeys.split(' ').includes(e.key)) return;
    const is = k => k.key.length === 1 ? k.key.toLowerCase() === e.key.toLowerCase() && (!k.shift || e.shiftKey)
      : k.key === e.key && !!k.shift === e.shiftKey;
    // Of a letter that has two meanings, Shift chooses.
    const hits = this.table.filter(k => is(k) && (k.when?.() ?? true)), hit = hits.find(k => !!k.shift === e.shiftKey) ?? hits[0];
    if (hit) { this.take(e); hit.run(e); }
  }

  take(e) { e.preventDefault(); e.stopPropagation(); }

  // Escape takes one thing back at a time: what is open, the field, the tool, the selection; the focus then is in a pane.
  escape(e, at) {
    if (document.querySelector(`${popups}, ${dialogs}`)) {
      this.afterClosing();
      // A menu hears Escape only from its own items, which do not have the focus after a click.
      const item = [...document.querySelectorAll('.mud-popover-open [role=menuitem]')].at(-1);
      if (!item || item.closest('.mud-popover').contains(at)) return;
      this.take(e);
      item.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', code: 'Escape', bubbles: true, cancelable: true }));
      return;
    }
    if (document.fullscreenElement && !takesText(at)) return;
    if (at.closest('.slice-field, .note-field')) return;
    this.take(e);
    const isField = takesText(at);
    this.viewer.focusPane();
    if (!isField) this.viewer.leave();
  }

  // Menus and dialogs close themselves, some of them only when the server has answered, however long that takes. Who clicks meanwhile has
  // the focus where they clicked.
  afterClosing() {
    const open = () => document.querySelectorAll(`${popups}, ${dialogs}`).length, before = open(), mine = this.closing = {};
    const isOver = () => this.closing !== mine || this.viewer.ended.signal.aborted;
    const look = () => {
      if (isOver()) return;
      const now = open();
      if (now >= before) { setTimeout(look, 50); return; }
      if (now > 0) return;
      // Whatever a key has opened in the meantime has the focus and must keep it.
      setTimeout(() => { if (!isOver() && open() === 0) this.viewer.focusPane(); }, 60);
    };
    setTimeout(look, 20);
  }

  /** Opens the list of keys, or closes it. A dialog of the browser keeps the focus inside and gives it back. */
  help() {
    if (this.dialog?.open) { this.dialog.close(); return; }
    if (!this.dialog?.isConnected) {
      this.dialog = this.viewer.root.appendChild(Object.assign(document.createElement('dialog'), { id: 'help', className: 'help' }));
      this.dialog.setAttribute('aria-labelledby', 'help-title');
      this.dialog.addEventListener('click', e => {
        if (e.target === this.dialog || e.target.closest('[data-close]')) this.dialog.close();
      });
      this.dialog.addEventListener('close', () => this.viewer.focusPane());
      this.dialog.addEventListener('keydown', e => { if (e.key === '?') { e.preventDefault(); this.dialog.close(); } });
    }
    const groups = Map.groupBy(this.table.filter(k => k.does), k => k.group), row = k =>
        `<dt><kbd>${k.shows ?? k.key}</kbd></dt><dd>${k.does}</dd>`;
    const more = '<dt><kbd>Ctrl Z</kbd></dt><dd>Undo what this page did last: view, band, site or measurement</dd>'
      + '<dt><kbd>Ctrl Shift Z</kbd></dt><dd>Redo it</dd><dt><kbd>Tab</kbd></dt><dd>To the next pane, slider or button</dd>';
    const section = ([g, keys]) => `<section><h2>${g}</h2><dl>${keys.map(row).join('')}</dl></section>`;
    const cross = '<svg viewBox="0 0 24 24" aria-hidden="true">'
      + '<path d="M19 6.4 17.6 5 12 10.6 6.4 5 5 6.4l5.6 5.6L5 17.6 6.4 19l5.6-5.6 5.6 5.6 1.4-1.4-5.6-5.6z"/></svg>';
    this.dialog.innerHTML = '<div class="help-head"><h1 id="help-title">Keys</h1>'
      + `<button type="button" data-close aria-label="Close" autofocus>${cross}</button></div>`
      + `<div class="help-body"><div class="help-groups">${[...groups].map(section).join('')}`
      + `<section><h2>Everywhere</h2><dl>${more}</dl></section></div></div>`;
    this.dialog.showModal();
  }
}
