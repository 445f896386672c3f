// Files from this computer to the server, in pieces with checksums. What is there already is not sent again: an upload that a
// closed page or a lost connection cut off goes on when the same files are chosen.
const atOnce = 3, tries = 8, own = { 'X-Dendrite-Upload': '1' };

export function wire(root, page) {
  for (const input of root.querySelectorAll('input[type="file"]')) {
    const begin = async () => {
      const files = [...input.files];
      input.value = '';
      if (files.length) await send(root, page, files);
    };
    input.addEventListener('change', begin);

    // Somebody was quicker than this script.
    begin();
  }
}

let stop = null;
export function cancel() { stop?.abort(); }

async function send(root, page, files) {
  stop?.abort();
  const mine = stop = new AbortController();
  const list = files.map(f => ({ path: f.webkitRelativePath || f.name, size: f.size }));
  const total = list.reduce((a, f) => a + f.size, 0);
  const say = (done, text) => page.invokeMethodAsync('Progress', total ? done / total : 1, text);
  let id = null, key = null;
  try {
    key = 'dendrite.upload.' + await fingerprint(files);
    await say(0, 'asking the server');
    let known = null;
    const before = localStorage.getItem(key);
    if (before) {
      const there = await fetch(`/api/uploads/${before}`, { signal: mine.signal });
      if (there.ok) known = await there.json();
    }
    if (!known) {
      known = await answer(await fetch('/api/uploads/', { method: 'POST', headers: { ...own, 'Content-Type': 'application/json' }, body: JSON.stringify(list), signal: mine.signal }));
      localStorage.setItem(key, known.id);
    }
    id = known.id;
    const size = known.pieceBytes, work = [];
    let done = 0;
    files.forEach((f, i) => {
      const have = new Set(known.files?.[i]?.have ?? []);
      for (let p = 0; p * size < f.size; p++) {
        const bytes = Math.min(size, f.size - p * size);
        if (have.has(p)) done += bytes; else work.push({ f, i, p, bytes });
      }
    });
    await say(done, done ? 'going on' : 'sending');
    const begun = performance.now(), was = done;
    await Promise.all(Array.from({ length: atOnce }, async () => {
      for (let w = work.shift(); w; w = work.shift()) {
        await piece(id, w, size, mine.signal);
        done += w.bytes;
        const rate = (done - was) / Math.max(1, performance.now() - begun) / 1000;
        await say(done, `${w.f.name}, ${rate.toFixed(1)} MB/s`);
      }
    }));
    const { path } = await answer(await fetch(`/api/uploads/${id}/complete`, { method: 'POST', headers: own, signal: mine.signal }));
    localStorage.removeItem(key);
    await page.invokeMethodAsync('Uploaded', path);
  } catch (e) {
    if (mine.signal.aborted) {
      localStorage.removeItem(key);
      if (id) fetch(`/api/uploads/${id}`, { method: 'DELETE', headers: own }).catch(() => {});
      await page.invokeMethodAsync('Stopped', '');
    } else {
      await page.invokeMethodAsync('Stopped', `${e.message} Choose the files again to go on from there.`);
    }
  }
}

// Again at growing intervals where the line or the server fails; what the server refuses for a reason is not sent again.
async function piece(id, w, size, signal) {
  const bytes = await w.f.slice(w.p * size, w.p * size + w.bytes).arrayBuffer();
  const sum = [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map(b => b.toString(16).padStart(2, '0')).join('');
  for (let n = 0; ; n++) {
    try {
      const r = await fetch(`/api/uploads/${id}/${w.i}/${w.p}`, { method: 'PUT', headers: { ...own, 'X-Content-SHA256': sum, 'Content-Type': 'application/octet-stream' }, body: bytes, signal });
      if (r.ok) return;
      if (r.status < 500 && r.status !== 400) await answer(r);
      if (n >= tries) await answer(r);
    } catch (e) {
      if (signal.aborted || n >= tries || e.final) throw e;
    }
    await new Promise(done => setTimeout(done, Math.min(8000, 250 * 2 ** n)));
  }
}

async function answer(r) {
  if (r.ok) return r.json();
  const said = await r.json().catch(() => null);
  throw Object.assign(new Error(said?.detail ?? `The server answered ${r.status}.`), { final: true });
}

async function fingerprint(files) {
  if (!crypto.subtle) throw new Error('Browsers check what they send over https (or on this computer) alone; open this page so.');
  const text = files.map(f => `${f.webkitRelativePath || f.name}|${f.size}|${f.lastModified}`).join('\n');
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))].slice(0, 12).map(b => b.toString(16).padStart(2, '0')).join('');
}
