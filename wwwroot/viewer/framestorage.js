// A browser may keep storage from frames of other sites, and throws where a script asks for it. What is kept then lasts as long as the
// page.
(() => {
  try { localStorage.getItem('theme'); } catch {
    const kept = new Map();
    Object.defineProperty(window, 'localStorage', { value: {
      getItem: key => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, `${value}`), removeItem: key => kept.delete(key),
    } });
  }
})();
