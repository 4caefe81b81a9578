// One server process with its own data folder: start, kill -9, start again, ask its command line. Everything that was
// started is ended in close(), by its process id.
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(fileURLToPath(new URL('.', import.meta.url)), '..', '..');
export const binary = resolve(process.env['HOMING_BIN'] ?? join(root, 'build/release/homing'));
export const outputFolder = join(root, 'build', 'e2e');

export interface Added {
  readonly account_id: string;
  readonly phone: string;
  readonly device_id: string;
  readonly token: string;
}

let nextPhone = 1;

export class Server {
  readonly data: string;
  #process: ChildProcess | undefined;
  #exit: Promise<number | null> | undefined;

  private constructor(
    readonly port: number,
    readonly name: string,
    readonly flags: readonly string[],
  ) {
    if (!existsSync(binary)) throw new Error(`no server at ${binary}`);
    mkdirSync(outputFolder, { recursive: true });
    this.data = mkdtempSync(join(tmpdir(), `homing-e2e-${name}-`));
  }

  static async start(name: string, flags: readonly string[] = []): Promise<Server> {
    const server = new Server(await freePort(), name, flags);
    await server.start();
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Returns when it takes connections. */
  async start(): Promise<void> {
    const log = createWriteStream(join(outputFolder, `${this.name}.log`), { flags: 'a' });
    const child = spawn(binary, ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.port}`, ...this.flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#process = child;
    const orphan = () => child.kill('SIGKILL'); // whatever ends the tests ends the server too
    process.once('exit', orphan);
    this.#exit = new Promise((done) =>
      child.once('exit', (code) => {
        process.off('exit', orphan);
        log.end();
        done(code);
      }),
    );
    for (const end = Date.now() + 30_000; ; ) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}; see build/e2e/${this.name}.log`);
      const ready = await fetch(`${this.origin}/readyz`).then((answer) => answer.ok, () => false);
      if (ready) return;
      if (Date.now() > end) throw new Error('the server is not ready after 30 s');
      await new Promise((done) => setTimeout(done, 10));
    }
  }

  /** kill -9, and waits until the process is gone. */
  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#exit;
    this.#process = undefined;
  }

  /** Asks it to end, without waiting. */
  terminate(): void {
    this.#process?.kill('SIGTERM');
  }
  /** The exit status, once it has ended. */
  ended(): Promise<number | null> {
    return this.#exit ?? Promise.resolve(null);
  }

  async cli(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(binary, [...args, '--data', this.data], { timeout: 30_000 });
    return stdout;
  }

  /** An account with its first device; with the same phone again, a further device. */
  async add(name: string, phone = `+1555${String(3_000_000 + nextPhone++)}`): Promise<Added> {
    return JSON.parse(await this.cli('account', 'add', '--phone', phone, '--name', name)) as Added;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.data, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer().once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => found(port));
    });
  });
}
