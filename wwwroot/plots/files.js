// A plot as a file: its own styles written into it, in the colours of paper. Text stays text in SVG.
const written = ['fill', 'stroke', 'fill-opacity', 'stroke-opacity', 'stroke-width', 'stroke-dasharray', 'font-size', 'font-family',
  'font-weight', 'text-anchor', 'opacity', 'paint-order'];
const margin = 8;

/** The file of a plot. Kind is 'svg' or 'png', which is four times as large in pixels. */
export async function file(figure, svg, kind) {
  // Colours are variables of style sheets, so they are read where the picture stands in a plot on paper.
  const paper = Object.assign(document.createElement('div'), { className: 'plot on-paper' });
  paper.style.cssText = 'position: fixed; left: -10000px; top: 0';
  paper.append(svg);
  figure.ownerDocument.body.append(paper);
  try {
    for (const element of [svg, ...svg.querySelectorAll('*')]) {
      if (['style', 'defs', 'clipPath'].includes(element.localName) || element.closest('clipPath')) continue;
      // What an element inherits need not stand in it again; opacity alone is not inherited.
      const style = getComputedStyle(element), above = element === svg ? null : getComputedStyle(element.parentElement);
      for (const name of written) {
        const value = style.getPropertyValue(name), usual = name === 'opacity' ? '1' : above?.getPropertyValue(name);
        if (value && value !== usual) element.setAttribute(name, value); else if (value === usual) element.removeAttribute(name);
      }
    }
  } finally {
    paper.remove();
  }
  svg.querySelectorAll('style').forEach(s => s.remove());
  const width = Number(svg.getAttribute('width')), height = Number(svg.getAttribute('height'));
  svg.setAttribute('viewBox', `${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`);
  svg.setAttribute('width', width + 2 * margin);
  svg.setAttribute('height', height + 2 * margin);
  svg.removeAttribute('style');
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  const whole = { x: -margin, y: -margin, width: width + 2 * margin, height: height + 2 * margin, fill: '#fff' };
  for (const [key, value] of Object.entries(whole)) ground.setAttribute(key, value);
  svg.prepend(ground);
  const blob = new Blob([new XMLSerializer().serializeToString(svg)], { type: 'image/svg+xml' });
  return kind === 'svg' ? blob : pixels(blob, 4 * (width + 2 * margin), 4 * (height + 2 * margin));
}

async function pixels(blob, width, height) {
  const url = URL.createObjectURL(blob);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    canvas.getContext('2d').drawImage(image, 0, 0, width, height);
    return await new Promise(done => canvas.toBlob(done, 'image/png'));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Gives a file to the person. */
export function download(blob, name) {
  const a = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 5000);
}
