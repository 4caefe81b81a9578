// The page as a program: installed, opened without the server, and replaced by a newer version when the person says so.
import { createServer, request } from 'node:http';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { bubble, openChat, openFromList, Pages, say, shot, tick } from './pages';
import { Server } from './server';

let server: Server;
let pages: Pages;

beforeAll(async () => {
  server = await Server.start('install-browser');
  pages = await Pages.open(server);
});
afterAll(async () => {
  await pages?.close();
  await server?.close();
});
beforeEach(async () => {
  if (server.pid === undefined) await server.start();
});
afterEach(async ({ task }) => {
  expect(await pages.end(task.result?.state === 'fail')).toEqual([]);
});

const get = (path: string, encoding = 'identity') => fetch(server.origin + path, { headers: { 'accept-encoding': encoding } });
const workerReady = (page: Page) => page.evaluate(() => navigator.serviceWorker.ready.then(({ active }) => active?.state));

describe('the files of the app', () => {
  it('are served compressed, for ever when their name has a hash, and asked for again otherwise', async () => {
    const page = await (await get('/')).text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)![1]!;
    for (const [path, type, cache] of [
      ['/', 'text/html', 'no-cache'],
      ['/sw.js', 'text/javascript', 'no-cache'],
      ['/app.webmanifest', 'application/manifest+json', 'no-cache'],
      ['/icon-192.png', 'image/png', 'no-cache'],
      [script, 'text/javascript', 'public, max-age=31536000, immutable'],
    ] as const) {
      const { headers, status } = await get(path);
      expect([path, status, headers.get('content-type')?.split(';')[0], headers.get('cache-control')]).toEqual([path, 200, type, cache]);
    }
    const [plain, brotli, gzip] = [await get(script), await get(script, 'gzip, deflate, br'), await get(script, 'gzip')];
    expect([plain, brotli, gzip].map(({ headers }) => headers.get('content-encoding'))).toEqual([null, 'br', 'gzip']);
    expect(brotli.headers.get('vary')).toBe('Accept-Encoding');
    expect(await brotli.text()).toBe(await plain.text());
    expect((await get(`${script}.br`)).status).toBe(404);
  });

  it('make a page that a browser can install', async () => {
    const page = await pages.logIn(await server.add('Ana Lima'));
    await workerReady(page);
    const browser = await page.context().newCDPSession(page);
    expect((await browser.send('Page.getAppManifest')).errors).toEqual([]);
    const { installabilityErrors } = await browser.send('Page.getInstallabilityErrors');
    expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
  });
});

describe('without the server', () => {
  it('the app opens after one visit, with what was seen, and in another language too', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const page = await pages.logIn(ana);
    await openChat(page, ben.phone);
    await say(page, 'kept here');
    await tick(page, 'kept here', 'sent');
    expect(await workerReady(page)).toMatch(/activat/);
    await page.goto('about:blank');
    await server.kill();
    await page.goto(server.origin);
    await openFromList(page, 'Ben Okafor');
    await bubble(page, 'kept here').waitFor();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Language').selectOption({ label: 'Deutsch' });
    await page.getByRole('dialog', { name: 'Einstellungen' }).waitFor();
  });

  it('nothing but the files of the app is in the cache', async () => {
    const page = await pages.logIn(await server.add('Ana Lima'));
    await workerReady(page);
    await page.reload();
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
    const kept = await page.evaluate(async () => {
      const all = await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)));
      return all.flat();
    });
    expect(kept.length).toBeGreaterThan(5);
    for (const path of kept) expect(path).toMatch(/^\/(assets\/[\w-]+\.(js|css)|icon[\w-]*\.(svg|png)|app\.webmanifest)?$/);
  });
});

// What differs in the newer version.
const kChanges: Readonly<Record<string, [RegExp, string]>> = {
  '/sw.js': [/kVersion = '\w+'/, "kVersion = 'newer'"],
  '/': [/<title>/, '<meta name="version" content="newer" /><title>'],
};

describe('a newer version', () => {
  let front: HttpServer;
  let newer = false;
  // Passes everything on, and after a while answers as a server would that was updated.
  beforeAll(async () => {
    front = createServer((incoming, outgoing) => {
      const changed = newer ? kChanges[incoming.url ?? ''] : undefined;
      const headers = { ...incoming.headers, ...(changed && { 'accept-encoding': 'identity' }) };
      const onward = request(server.origin + incoming.url, { method: incoming.method, headers }, (answer) => {
        if (changed === undefined) {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
          return;
        }
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const body = Buffer.concat(chunks).toString().replace(...changed);
          outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'content-length': Buffer.byteLength(body) });
          outgoing.end(body);
        });
      });
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    });
    await new Promise<void>((ready) => front.listen(0, '127.0.0.1', ready));
  });
  afterAll(() => front.close());

  it('waits until the person wants it, and then is there in one piece', async () => {
    const origin = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    const ana = await server.add('Ana Lima');
    const context = await pages.browser.newContext({ locale: 'en-GB', viewport: { width: 1180, height: 760 } });
    const page = await context.newPage();
    await page.goto(origin);
    await page.getByLabel('Device token').fill(ana.token);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
    await workerReady(page);
    const version = () => page.locator('meta[name="version"]').count();

    newer = true;
    await page.reload(); // asks for the worker, and finds another one
    await page.getByText('A new version is ready.').waitFor();
    expect(await version()).toBe(0);
    await page.reload();
    await page.getByText('A new version is ready.').waitFor();
    expect(await version()).toBe(0); // still the old one, all of it
    await shot(page, 'update');
    const other = await context.newPage();
    await other.goto(origin);
    await other.getByText('A new version is ready.').waitFor();
    await page.getByRole('button', { name: 'Use it now' }).click();
    await page.waitForFunction(() => document.querySelector('meta[name="version"]') !== null);
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
    expect(await page.getByText('A new version is ready.').count()).toBe(0);
    expect(await page.evaluate(() => caches.keys())).toEqual(['homing-shell-newer']);
    await other.getByRole('button', { name: 'Use it now' }).click();
    await other.waitForFunction(() => document.querySelector('meta[name="version"]') !== null);
    await context.close();
  });
});
