// What becomes of what was drawn. Of who may save it is an edit, which replica.js keeps until a server has done it. Of who may only look
// the server computes it for this page alone; what it cannot compute now is asked again as long as the page is open.
const wait = 2000;

export class MeasurementSender {
  // sent: what is drawn and neither an edit nor computed yet; isUnsent of what waits for a server.
  constructor(viewer, list) { Object.assign(this, { viewer, list, sent: [] }); }

  async send(m) {
    this.sent = [...this.sent, m];
    this.viewer.overlays();
    const isSaved = this.viewer.mayEdit && !(m.id ?? '').startsWith('page-'), id = await (isSaved ? this.save(m) : this.compute(m));
    // Nothing was heard.
    if (id === undefined) { m.isUnsent = true; return; }
    this.sent = this.sent.filter(s => s !== m);
    if (id) {
      this.viewer.patch({ selected: id });
      this.list.showPanel();
    }
    this.viewer.overlays();
  }

  /** Sends again what no server has heard of. */
  retry() {
    for (const m of this.sent.filter(s => s.isUnsent)) {
      this.sent = this.sent.filter(s => s !== m);
      m.isUnsent = false;
      this.send(m);
    }
  }

  // The id; null where there is nothing to be changed any more; undefined where the page was not ready to keep edits.
  async save(m) {
    const replica = await this.viewer.siteMarks.begin();
    if (!replica) return undefined;
    const id = replica.own.draw(m);
    if (!id) this.viewer.tell('It was deleted meanwhile, so that its shape cannot be changed.');
    return id;
  }

  async compute(m) {
    const { id, version, kind, pointsUm, right, down, thicknessUm, widthUm, hours, modality, label, color, note, labels, fields } = m;
    const measured = await this.ask('POST', '/compute', {
      id, version, kind, pointsUm, right, down, thicknessUm, widthUm, hours, modality, label, color, note, labels, fields,
    });
    if (measured) this.list.keep(measured);
    return measured && measured.id;
  }

  /** Deletes one that this page keeps alone; whether it is gone. */
  async forget(id) { return Boolean(await this.ask('DELETE', `/${id}`)); }

  // The answer; null where it was refused, which is told; undefined where nothing could be asked, or there was too much to do.
  async ask(method, path, body) {
    const { viewer } = this, url = `/api/datasets/${viewer.scene.dataset}/measurements${path}?session=${viewer.root.dataset.session}`;
    try {
      const json = body ? { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } } : {};
      const answer = await fetch(url, { method, ...json });
      if (answer.ok) return answer.status === 204 ? true : await answer.json();
      const problem = await answer.json().catch(() => ({})), why = problem.error ?? problem.detail;
      const isBusy = answer.status === 429 || answer.status === 503;
      viewer.tell(isBusy && body ? `Not measured yet, and asked again by itself: ${why ?? answer.status}`
        : why ?? `The server refused this (${answer.status}).`);
      if (!isBusy) return null;
      setTimeout(() => this.retry(), 1000 * answer.headers.get('Retry-After') || wait);
      return undefined;
    } catch {
      viewer.tell('The server cannot be reached; what was drawn is measured as soon as it can be.');
      return undefined;
    }
  }
}
