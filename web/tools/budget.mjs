// What the page loads before it can be used, compressed as it is served; fails when that is more than was agreed.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kScriptBytesMax = 200_000;
const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const page = readFileSync(join(dist, 'index.html'), 'utf8');

const scripts = new Set();
function follow(path) {
  if (scripts.has(path)) return;
  scripts.add(path);
  // Imports of the text itself; those that are called (import(...)) come later, when they are wanted.
  for (const [, other] of readFileSync(join(dist, path), 'utf8').matchAll(/(?:from|import)\s*"(\.\/[^"]+\.js)"/g)) follow(join(dirname(path), other));
}
for (const [, path] of page.matchAll(/(?:src|href)="(\/[^"]+\.js)"/g)) follow(path);

const sizeOf = (path) => statSync(existsSync(join(dist, `${path}.br`)) ? join(dist, `${path}.br`) : join(dist, path)).size;
const bytes = [...scripts].reduce((sum, path) => sum + sizeOf(path), 0);
const kilo = (count) => `${(count / 1000).toFixed(1)} kB`;
console.log(`initial JavaScript: ${kilo(bytes)} of at most ${kilo(kScriptBytesMax)}`);
if (scripts.size === 0 || bytes > kScriptBytesMax) process.exit(1);
