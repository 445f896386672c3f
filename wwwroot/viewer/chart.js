// A chart of a panel as a file: SVG with its colours written in, or PNG at four times its size, both on white.
const kept = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'font-size', 'font-family', 'font-weight', 'text-anchor', 'opacity', 'fill-opacity'];

export function saveChart(section, name, kind) {
  const svg = [...section.querySelectorAll('svg')].find(s => s.clientWidth > 100);
  if (!svg) return;
  const { clientWidth: w, clientHeight: h } = svg, pad = 12;
  const copy = svg.cloneNode(true), from = svg.querySelectorAll('*'), to = copy.querySelectorAll('*');
  to.forEach((element, i) => {
    const style = getComputedStyle(from[i]);
    for (const property of kept) element.style[property] = style.getPropertyValue(property);
    // What is light on dark becomes dark on white.
    if (element.tagName === 'text') element.style.fill = '#222';
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  if (!svg.viewBox.baseVal?.width) copy.setAttribute('viewBox', `${-pad} ${-pad} ${w + 2 * pad} ${h + 2 * pad}`);
  copy.removeAttribute('style');
  copy.setAttribute('width', w + 2 * pad);
  copy.setAttribute('height', h + 2 * pad);
  copy.style.background = '#fff';
  const text = new XMLSerializer().serializeToString(copy), blob = new Blob([text], { type: 'image/svg+xml' });
  if (kind === 'svg') return download(blob, `${name}.svg`);
  const image = new Image(), url = URL.createObjectURL(blob);
  image.onload = () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 4 * (w + 2 * pad), height: 4 * (h + 2 * pad) }), g = canvas.getContext('2d');
    g.fillStyle = '#fff';
    g.fillRect(0, 0, canvas.width, canvas.height);
    g.drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(url);
    canvas.toBlob(png => download(png, `${name}.png`));
  };
  image.src = url;
}

function download(blob, name) {
  const a = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 5000);
}
