// How marks are drawn over pictures: every stroke has a dark halo and a light core, every text stands on a dark plate, so that both are
// seen on white and on black. Labels are collected first and placed together, so that they do not cover one another.
const haloColor = 'rgba(0,0,0,.54)', strongHalo = 'rgba(0,0,0,.85)', plateColor = 'rgba(0,0,0,.84)';
const font = '12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif', plateHeight = 18, platePad = 5, mostWidths = 500;
const widths = new Map();

/** Half a pixel, where a line of one pixel is sharp. */
export const crisp = v => Math.round(v) + .5;

/** Strokes a path twice: its dark halo, then its light core. */
export function stroke(g, path, color = '#fff', width = 1, dash = []) {
  g.lineJoin = 'round';
  g.strokeStyle = width >= 1.5 ? strongHalo : haloColor;
  g.lineWidth = width + 2;
  g.stroke(path);
  g.setLineDash(dash);
  g.strokeStyle = color;
  g.lineWidth = width;
  g.stroke(path);
  g.setLineDash([]);
}

/** A path through points [x, y]. */
export function pathOf(points, isClosed = false) {
  const path = new Path2D();
  points.forEach((p, i) => i ? path.lineTo(p[0], p[1]) : path.moveTo(p[0], p[1]));
  if (isClosed) path.closePath();
  return path;
}

export function circle(x, y, r) {
  const path = new Path2D();
  path.arc(x, y, r, 0, 2 * Math.PI);
  return path;
}

/** Width of a label's plate, CSS pixels. */
export function plateWidth(g, text) {
  let width = widths.get(text);
  if (width === undefined) {
    g.font = font;
    width = Math.ceil(g.measureText(text).width) + 2 * platePad;
    if (widths.size >= mostWidths) widths.clear();
    widths.set(text, width);
  }
  return width;
}

/** Text on its plate; x, y is the plate's left upper corner. */
export function plate(g, text, x, y, color = '#fff', width = plateWidth(g, text)) {
  [x, y] = [Math.round(x), Math.round(y)];
  g.fillStyle = plateColor;
  g.beginPath();
  g.roundRect(x, y, width, plateHeight, 3);
  g.fill();
  g.font = font;
  g.textAlign = 'left';
  g.textBaseline = 'alphabetic';
  g.fillStyle = color;
  g.fillText(text, x + platePad, y + 13);
}

/** Text on a plate at a base line, as figures have it. */
export function label(g, text, x, y, align = 'left', color = '#fff') {
  const width = plateWidth(g, text);
  plate(g, text, x - (align === 'center' ? width / 2 : align === 'right' ? width : platePad), y - 13, color, width);
}

/** Labels of one pane: each tries the places around its mark and takes the first that is free; one without a free place is left out. */
export class Labels {
  constructor(width, height) {
    Object.assign(this, { width, height, taken: [], wanted: [], placed: [] });
  }

  /** Keeps labels off a rectangle. */
  reserve(x, y, width, height) { this.taken.push([x, y, x + width, y + height]); }

  /** A label beside a mark at x, y of a radius. One that must be seen is placed first, and over others if there is no room. */
  add(text, x, y, radius, color, isNeeded = false) { this.wanted.push({ text, x, y, radius, color, isNeeded }); }

  draw(g) {
    this.wanted.sort((a, b) => b.isNeeded - a.isNeeded);
    for (const w of this.wanted) {
      if (w.x < -w.radius || w.y < -w.radius || w.x > this.width + w.radius || w.y > this.height + w.radius) continue;
      const width = plateWidth(g, w.text), near = w.radius + 4, middle = w.y - plateHeight / 2;
      const places = [[w.x + near, middle], [w.x - near - width, middle], [w.x - width / 2, w.y - near - plateHeight],
        [w.x - width / 2, w.y + near], [w.x + near, w.y - near - plateHeight], [w.x + near, w.y + near],
        [w.x - near - width, w.y - near - plateHeight], [w.x - near - width, w.y + near]];
      const isFree = ([x, y]) => this.isInside(x, y, width) && this.isFree(x, y, width);
      let place = places.find(p => isFree(p) && this.isOffMarks(p[0], p[1], width, w)) ?? places.find(isFree);
      if (!place && w.isNeeded) {
        const [x, y] = places.find(([px, py]) => this.isInside(px, py, width)) ?? places[0];
        place = [Math.max(2, Math.min(this.width - width - 2, x)), Math.max(2, Math.min(this.height - plateHeight - 2, y))];
      }
      if (!place) continue;
      this.placed.push({ text: w.text, x: place[0], y: place[1], width, height: plateHeight });
      this.taken.push([place[0] - 1, place[1] - 1, place[0] + width + 1, place[1] + plateHeight + 1]);
      plate(g, w.text, place[0], place[1], w.color, width);
    }
  }

  // A label over the mark of another would be read as that one's.
  isOffMarks(x, y, width, own) {
    return !this.wanted.some(m => m !== own && m.x + m.radius > x && m.x - m.radius < x + width
      && m.y + m.radius > y && m.y - m.radius < y + plateHeight);
  }

  isInside(x, y, width) { return x >= 2 && y >= 2 && x + width <= this.width - 2 && y + plateHeight <= this.height - 2; }

  isFree(x, y, width) {
    return !this.taken.some(([x0, y0, x1, y1]) => x < x1 && x + width > x0 && y < y1 && y + plateHeight > y0);
  }
}
