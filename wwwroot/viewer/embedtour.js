// A tour in a frame of another site: a card below the panes has the words, and the view goes from one to the next by its buttons, by Space
// and Shift Space, or by itself. Whoever moves the view by hand stays there until they go on; Escape leaves the tour where it is.
import { Glide } from './glide.js';

const icons = {
  close: 'M19 6.41 17.59 5 12 10.59 6.41 5 5 6.41 10.59 12 5 17.59 6.41 19 12 13.41 17.59 19 19 17.59 13.41 12z',
  fold: 'M16.59 8.59 12 13.17 7.41 8.59 6 10l6 6 6-6z', unfold: 'M12 8l-6 6 1.41 1.41L12 10.83l4.59 4.58L18 14z',
  play: 'M8 5v14l11-7z', pause: 'M6 19h4V5H6v14zm8-14v14h4V5h-4z',
};

function svg(name) {
  const made = n => document.createElementNS('http://www.w3.org/2000/svg', n), picture = made('svg'), path = made('path');
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', width: 20, height: 20, fill: 'currentColor', 'aria-hidden': true }))
    picture.setAttribute(key, value);
  path.setAttribute('d', icons[name]);
  picture.append(path);
  return picture;
}

function element(tag, className, text = '') {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

export class EmbedTour {
  // Made before the viewer, so that it hears keys before the viewer's own, which let none go on.
  constructor(tour) {
    Object.assign(this, { tour, at: 0, timer: 0, isRunning: false, ended: new AbortController() });
    addEventListener('keydown', e => this.key(e), { signal: this.ended.signal, capture: true });
  }

  begin(viewer) {
    this.viewer = viewer;
    this.glide = new Glide(viewer, fields => { if (Object.keys(fields).length) viewer.patch(fields); });
    document.head.append(Object.assign(document.createElement('link'), {
      rel: 'stylesheet', href: new URL('../../viewer/together.css', import.meta.url).href,
    }));
    this.card = this.build();
    viewer.root.append(this.card);
    const options = { signal: this.ended.signal, capture: true };
    for (const name of ['pointerdown', 'wheel']) viewer.root.querySelector('#panes').addEventListener(name, () => this.byHand(), options);
    if (viewer.scene) this.show(0);
    else this.awaitScene();
  }

  // The view can be moved once the hub has told it.
  awaitScene() {
    const ready = new MutationObserver(() => {
      if (!this.viewer.scene) return;
      ready.disconnect();
      this.show(0);
    });
    ready.observe(this.viewer.root, { attributes: true, attributeFilter: ['data-ready'] });
  }

  get steps() { return this.tour.steps; }

  build() {
    const { tour } = this, section = element('section', 'tour-player'), card = element('div', 'mud-paper tour-card');
    section.setAttribute('aria-label', `Tour ${tour.title}`);
    const head = element('div', 'tour-head');
    this.count = element('span', 'tour-count');
    this.folds = this.icon('fold', 'Words of the tour', () => this.fold(!section.classList.contains('folded')));
    head.append(element('span', 'tour-name', tour.title), this.count, this.folds,
      this.icon('close', 'Leave the tour (Esc)', () => this.leave()));
    const words = element('div', 'tour-words');
    for (const [name, value] of Object.entries({ role: 'group', 'aria-label': 'Words', tabindex: 0 })) words.setAttribute(name, value);
    card.append(head, words);
    this.section = section;
    if (tour.problem || !this.steps.length) {
      const why = element('p', 'tour-text', tour.problem ?? 'This tour has no views yet.');
      why.setAttribute('role', 'alert');
      words.append(why);
    } else {
      const live = element('div', '');
      live.setAttribute('aria-live', 'polite');
      this.title = element('h2', 'tour-title');
      this.text = element('p', 'tour-text');
      this.remarks = element('p', 'tour-remark');
      live.append(this.title, this.text, this.remarks);
      words.append(live);
      const buttons = element('div', 'tour-do');
      this.back = this.button('Back', 'Shift Space', 'mud-button-text mud-button-text-inherit', () => this.step(-1));
      this.play = this.icon('play', 'Play the tour', () => this.run(!this.isRunning));
      const primary = 'mud-button-filled mud-button-filled-primary mud-button-disable-elevation';
      this.next = this.button('Next', 'Space', primary, () => this.step(1));
      buttons.append(this.back, this.play, element('span', 'tour-space'), this.next);
      card.append(buttons);
    }
    section.append(card);
    this.fold(false);
    return section;
  }

  button(text, key, look, act) {
    const made = element('button', `mud-button-root mud-button mud-button-size-small ${look}`, text);
    Object.assign(made, { type: 'button', title: `${text} (${key})` });
    made.addEventListener('click', act);
    return made;
  }

  icon(name, label, act) {
    const made = element('button', 'mud-button-root mud-icon-button mud-ripple tour-icon');
    Object.assign(made, { type: 'button', title: label });
    made.append(svg(name));
    made.setAttribute('aria-label', label);
    made.addEventListener('click', act);
    return made;
  }

  // Words that are hidden leave their room to the panes.
  fold(isFolded) {
    this.section.classList.toggle('folded', isFolded);
    this.folds.title = isFolded ? 'Show the words' : 'Hide the words';
    this.folds.setAttribute('aria-expanded', String(!isFolded));
    this.folds.replaceChildren(svg(isFolded ? 'unfold' : 'fold'));
  }

  step(by) {
    if (by > 0 && this.at + 1 === this.steps.length) this.leave();
    else if (this.steps[this.at + by]) this.show(this.at + by);
  }

  show(at) {
    if (!this.steps.length) return;
    this.at = at;
    const step = this.steps[at], words = step.text || (at === 0 ? this.tour.text : '');
    this.count.textContent = `${at + 1} of ${this.steps.length}`;
    Object.assign(this.title, { textContent: step.title, hidden: !step.title });
    Object.assign(this.text, { textContent: words, hidden: !words });
    Object.assign(this.remarks, { textContent: step.remarks.join(' '), hidden: !step.remarks.length });
    if (step.remarks.length) this.fold(false);
    this.section.querySelector('.tour-words').scrollTop = 0;
    this.back.disabled = at === 0;
    this.next.textContent = at + 1 < this.steps.length ? 'Next' : 'Done';
    this.go(step.view);
    this.wait();
  }

  go(view) {
    // Also where this view is the one that is still shown: nothing may go on to the one before.
    this.glide.stop();
    const { viewer } = this, is = (a, b) => JSON.stringify(a) === JSON.stringify(b);
    const fields = Object.fromEntries(Object.entries(view).filter(([f, v]) => f !== 'landmarks'
      && !(f === 'maximized' && viewer.arrangement.isPhone) && !is(v, viewer.view[f])));
    if (Object.keys(fields).length) this.glide.to(fields);
  }

  run(isRunning) {
    this.isRunning = isRunning;
    const label = isRunning ? 'Pause the tour' : 'Play the tour';
    this.play.title = label;
    this.play.replaceChildren(svg(isRunning ? 'pause' : 'play'));
    this.play.setAttribute('aria-label', label);
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    if (!this.isRunning) return;
    this.timer = setTimeout(() => {
      if (this.at + 1 < this.steps.length) this.show(this.at + 1);
      else this.run(false);
    }, this.steps[this.at].seconds * 1000);
  }

  byHand() {
    this.glide.stop();
    if (this.isRunning) this.run(false);
  }

  // Space plays the timesteps where no tour is. A button that has the focus is pressed by it.
  key(e) {
    const takes = e.key === 'Escape' || e.key === ' ' && this.steps.length && !e.target.closest?.('button, input');
    if (!this.viewer || !takes) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    if (e.key === 'Escape') this.leave();
    else this.step(e.shiftKey ? -1 : 1);
  }

  leave() {
    clearTimeout(this.timer);
    this.glide.stop();
    this.ended.abort();
    this.card.remove();
  }
}
