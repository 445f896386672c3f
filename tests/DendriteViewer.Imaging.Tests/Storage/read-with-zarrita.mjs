// Prints the SHA-256 of every level's voxels (C order, little endian) of an OME-Zarr 0.5 group.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as zarr from 'zarrita';

const root = process.argv[2];
const store = {
  async get(key) {
    try { return new Uint8Array(await fs.readFile(path.join(root, key))); } catch (e) { if (e.code === 'ENOENT' || e.code === 'ENOTDIR') return undefined; throw e; }
  },
  async getRange(key, range) {
    const bytes = await this.get(key);
    if (!bytes) return undefined;
    return 'suffixLength' in range ? bytes.slice(bytes.length - range.suffixLength) : bytes.slice(range.offset, range.offset + range.length);
  },
};
const group = await zarr.open.v3(store, { kind: 'group' });
for (const { path: name } of group.attrs.ome.multiscales[0].datasets) {
  const array = await zarr.open.v3(group.resolve(name), { kind: 'array' });
  const { data } = await zarr.get(array);
  console.log(createHash('sha256').update(Buffer.from(data.buffer, data.byteOffset, data.byteLength)).digest('hex'));
}
