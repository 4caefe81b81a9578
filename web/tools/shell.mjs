// The last step of a build, as a Vite plugin: the service worker learns the files of this version.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export function shell({ root, worker }) {
  return {
    name: 'homing-shell',
    apply: 'build',
    closeBundle() {
      const files = filesOf(root);
      writeFileSync(join(root, 'sw.js'), workerOf(root, files, readFileSync(worker, 'utf8')));
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
