// One time in all plots of hours and in the timeline, and the events on the timeline. Loaded where there are events, or by the cell's tab.
const ns = 'http://www.w3.org/2000/svg', near = 6;
const colors = { 'hard-short': 'var(--danger)', 'soft-short': 'var(--void)', 'contact-loss': 'var(--void)' };
// pointed: where the pointer rests on the timeline, pixels of its track; null elsewhere.
let events = [], voltage = null, users = 0, ended = null, watched = null, group = null, pointed = null;

const timeline = () => window.dendrite?.timeline;
const figures = () => document.querySelectorAll('figure[data-hours]');
const words = e => `${e.kind.replaceAll('-', ' ')} at ${+e.hours.toFixed(3)} h${e.note ? `: ${e.note}` : ''}`;

/** Begins to link plots and timeline, for one more part of the page. */
export function begin() {
  if (users++) return;
  ended = new AbortController();
  const options = { signal: ended.signal };
  document.addEventListener('plothover', e => {
    if (!e.target.closest?.('figure[data-hours]')) return;
    mark(e.detail?.x ?? null, e.target);
    timeline()?.curve.read(e.detail?.x ?? null);
  }, options);
  document.addEventListener('pointermove', e => {
    const line = timeline(), isOver = line && line.track.contains(e.target);
    if (!isOver) return;
    const box = line.track.getBoundingClientRect();
    pointed = e.clientX - box.left;
    mark(line.hoursAt(pointed, box.width), null);
    tell(line);
  }, options);
  document.addEventListener('pointerout', e => {
    const track = timeline()?.track;
    if (!track?.contains(e.target) || track.contains(e.relatedTarget)) return;
    pointed = null;
    mark(null, null);
  }, options);
}

/** What the timeline shows: the events, and a voltage of an added file where the dataset has none itself. */
export function show(json) {
  const told = JSON.parse(json);
  withdraw();
  events = told.events;
  voltage = told.voltage ?? null;
  draw();
}

// The dataset's own voltage stays; that of a file goes with the file.
function withdraw() {
  const line = timeline(), scene = line?.viewer.scene;
  if (!voltage || scene?.voltage !== voltage) return;
  scene.voltage = null;
  line.element.classList.add('plain');
  line.draw();
}

// A scene comes anew after a lost connection, without it.
function lend(line) {
  const { scene } = line.viewer;
  if (!voltage || !scene || scene.voltage) return false;
  scene.voltage = voltage;
  line.element.classList.remove('plain', 'single');
  line.draw();
  return true;
}

/** Ends it, for one part of the page. */
export function end() {
  if (!users || --users) return;
  ended.abort();
  watched?.observer.disconnect();
  withdraw();
  group?.remove();
  [events, voltage, watched, group, pointed] = [[], null, null, null, null];
}

// The timeline has told the value under the pointer; an event there is told with it.
function tell(line) {
  const { value, track } = line;
  if (pointed === null || !value.textContent) return;
  const event = events.find(one => Math.abs(line.place(one.hours, track.clientWidth) - pointed) <= near);
  if (event && !value.textContent.endsWith(words(event))) value.textContent += ` · ${words(event)}`;
}

function mark(hours, except) {
  for (const figure of figures()) if (figure !== except) figure.dispatchEvent(new CustomEvent('plotmark', { detail: hours }));
}

// The timeline draws all of itself anew; the marks are put back each time.
function draw() {
  const line = timeline();
  if (!line) return;
  if (watched?.svg !== line.svg) {
    watched?.observer.disconnect();
    // Not whether the marks are in the page: those of a page that was left never are, and would be drawn again for ever.
    watched = { svg: line.svg, observer: new MutationObserver(() => { if (group?.parentNode !== line.svg) draw(); }) };
    watched.observer.observe(line.svg, { childList: true });
  }
  // Drawing the curve draws all anew, and the marks with it.
  if (lend(line)) return;
  const width = line.track.clientWidth, [low, high] = line.viewer.scene ? line.span : [0, 0];
  group?.remove();
  group = document.createElementNS(ns, 'g');
  group.setAttribute('class', 'events');
  for (const event of events.filter(one => one.hours >= low && one.hours <= high)) {
    const x = line.place(event.hours, width), path = document.createElementNS(ns, 'path'), title = document.createElementNS(ns, 'title');
    path.setAttribute('d', `M${x - 4} -1h8l-4 7z`);
    path.setAttribute('fill', colors[event.kind] ?? 'var(--soft)');
    path.dataset.event = event.id;
    title.textContent = words(event);
    path.append(title);
    group.append(path);
  }
  line.svg.append(group);
  tell(line);
}
