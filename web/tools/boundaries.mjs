// Checks who may import whom: app -> features -> media -> {ui, state} -> client -> gen; features do not import each other.
// A test may make what the server says.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');
const allowed = {
  app: ['features', 'media', 'ui', 'state', 'client', 'gen'],
  features: ['media', 'ui', 'state', 'client'],
  media: ['ui', 'state', 'client'],
  ui: [],
  state: ['client', 'gen'],
  client: ['gen'],
  gen: [],
};

const problems = [];
for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
  const file = join(entry.parentPath ?? entry.path, entry.name);
  const place = relative(src, file).split('/');
  for (const [, target] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?'(\.[^']+)'/g)) {
    const to = relative(src, resolve(dirname(file), target)).split('/');
    const said = to[0] === 'gen' && /\.test\.tsx?$/.test(entry.name);
    const sameRoom = place[0] === to[0] && (place[0] !== 'features' || place[1] === to[1]);
    if (!sameRoom && !said && !(allowed[place[0]] ?? []).includes(to[0])) problems.push(`${place.join('/')} imports ${to.join('/')}`);
  }
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
