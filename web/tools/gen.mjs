// Generates src/gen from ../proto with protoc and the protobuf-es plugin. Skips the work when nothing is newer.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');
const proto = join(web, '..', 'proto');
const out = join(web, 'src', 'gen');
const names = readdirSync(proto).filter((name) => name.endsWith('.proto') && name !== 'stored.proto');
const made = (name) => join(out, name.replace('.proto', '_pb.ts'));
const newest = Math.max(...names.map((name) => statSync(join(proto, name)).mtimeMs));

const fresh = names.every((name) => existsSync(made(name)) && statSync(made(name)).mtimeMs >= newest);
if (!fresh) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const plugin = join(web, 'node_modules', '.bin', 'protoc-gen-es');
  execFileSync(
    process.env.PROTOC ?? 'protoc',
    ['-I', proto, `--plugin=protoc-gen-es=${plugin}`, `--es_out=${out}`, '--es_opt=target=ts', ...names.map((name) => join(proto, name))],
    { stdio: 'inherit' },
  );
}
