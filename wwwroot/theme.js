// Sets the theme before anything is drawn; remembered in this browser alone.
(function () {
  const root = document.documentElement;
  const apply = theme => {
    root.dataset.theme = theme;
    const dark = document.getElementById('radzen-dark'), light = document.getElementById('radzen-light');
    if (dark && light) { dark.disabled = theme !== 'dark'; light.disabled = theme === 'dark'; }
  };
  apply(localStorage.getItem('theme') || 'dark');
  document.addEventListener('DOMContentLoaded', () => apply(root.dataset.theme));
  document.addEventListener('click', async e => {
    if (e.target.closest('[data-theme-toggle]')) {
      const next = root.dataset.theme === 'dark' ? 'light' : 'dark';
      localStorage.setItem('theme', next);
      apply(next);
      document.dispatchEvent(new CustomEvent('themechange'));
    }
    if (e.target.closest('[data-copy-link]')) {
      const field = document.querySelector('[data-copy]');
      field.select();
      try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand('copy'); }
      e.target.textContent = 'Copied';
    }
  });

  // A card's picture turns while the pointer rests on it.
  let turning = null;
  document.addEventListener('pointerover', e => {
    const card = e.target.closest('.card');
    const image = card?.querySelector('img[data-turn]');
    if (!image || turning?.image === image) return;
    stop();
    const base = image.dataset.base ??= image.src;
    turning = { image, angle: 30 };
    (async function step(mine) {
      while (turning === mine) {
        mine.angle = (mine.angle + 15) % 360;
        const next = new Image();
        next.src = `${base}&v=1&cam=${mine.angle > 180 ? mine.angle - 360 : mine.angle},20,0,0,0,0`;
        try { await next.decode(); } catch { return; }
        if (turning === mine) image.src = next.src;
        await new Promise(r => setTimeout(r, 60));
      }
    })(turning);
  });
  document.addEventListener('pointerout', e => {
    if (turning && !turning.image.closest('.card').contains(e.relatedTarget)) stop();
  });
  function stop() { if (turning) { turning.image.src = turning.image.dataset.base; turning = null; } }
})();
