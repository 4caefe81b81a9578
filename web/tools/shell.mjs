// The last steps of a build, as a Vite plugin: the service worker learns the files of this version, and what compresses
// well is compressed once here instead of at each request (NAME.br and NAME.gz beside NAME).
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const kCompressible = /\.(html|js|css|svg|json|webmanifest|txt)$/;
const kWorthBytes = 512;

export function shell({ root, worker }) {
  return {
    name: 'homing-shell',
    apply: 'build',
    closeBundle() {
      const files = filesOf(root);
      writeFileSync(join(root, 'sw.js'), workerOf(root, files, readFileSync(worker, 'utf8')));
      for (const name of [...files, 'sw.js']) if (kCompressible.test(name)) compress(join(root, name));
    },
  };
}

export const filesOf = (root) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();

function workerOf(root, files, text) {
  const version = createHash('sha256').update(text);
  for (const name of files) version.update(name).update(readFileSync(join(root, name)));
  const paths = files.map((name) => (name === 'index.html' ? '/' : `/${name}`));
  return `const kVersion = '${version.digest('hex').slice(0, 16)}';\nconst kShell = ${JSON.stringify(paths)};\n${text}`;
}

function compress(path) {
  const bytes = readFileSync(path);
  if (bytes.length < kWorthBytes) return;
  const packed = {
    br: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
    gz: gzipSync(bytes, { level: 9 }),
  };
  for (const [ending, smaller] of Object.entries(packed)) if (smaller.length < bytes.length * 0.95) writeFileSync(`${path}.${ending}`, smaller);
}
