// Reading a conversation: long ones, where one stopped, what a text looks like, and what one does with messages.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { accountId } from '../../web/src/client/ids';
import { bubble, bubbles, openChat, openFromList, Pages, say, shot, tick } from './pages';
import { Device } from './person';
import { Server } from './server';

let server: Server;
let pages: Pages;
beforeAll(async () => {
  server = await Server.start('conversation-browser');
  pages = await Pages.open(server);
});
afterAll(async () => {
  await pages?.close();
  await server?.close();
});
afterEach(async ({ task }) => expect(await pages.end(task.result?.state === 'fail')).toEqual([]));

const scroller = (page: Page) => page.getByRole('log').locator('..');
const top = (page: Page, text: string) => bubble(page, text).first().evaluate((line) => line.getBoundingClientRect().top);
async function act(page: Page, text: string, ...names: readonly string[]): Promise<void> {
  await bubble(page, text).click({ button: 'right', position: { x: 12, y: 12 } });
  for (const name of names) await page.getByRole('dialog').getByRole('button', { name, exact: true }).last().click();
}

describe('a long conversation', () => {
  it('opens where one stopped reading, and goes up without a jump', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [a, b] = [await new Device(server, ana).online(), await new Device(server, ben).online()];
    for (let i = 0; i < 160; i++) await b.say(a, i % 7 === 0 ? `old ${i};\n${'and more of it '.repeat(i % 30)}` : `old ${i};`);
    a.close();
    const page = await pages.logIn(await server.add('', ana.phone));
    await openFromList(page, 'Ben Okafor');
    await bubble(page, 'old 159;').waitFor();
    await page.getByRole('list', { name: 'Chat list' }).getByLabel(/unread/).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'New group' }).focus();

    // Up, page by page: what one looks at stays where it is while older ones come above it.
    for (let round = 0, seen = 159; seen > 20 && round < 60; round++) {
      await scroller(page).evaluate((box) => box.scrollBy(0, -500));
      const first = await bubbles(page).evaluateAll((all) => all.find((line) => line.getBoundingClientRect().top > 90)?.textContent?.match(/old \d+;/)?.[0] ?? '');
      if (first === '') continue;
      const before = await top(page, first);
      await new Promise((done) => setTimeout(done, 120)); // an older page may come
      expect(Math.abs((await top(page, first)) - before), first).toBeLessThan(3);
      seen = Number(/\d+/.exec(first)?.[0]);
    }
    expect(await bubbles(page).count()).toBeLessThan(110); // not all are drawn

    // New ones while one reads above: nothing moves, and a button counts them.
    const reading = (await bubbles(page).allInnerTexts()).find((text) => /old \d+;/.test(text))!.match(/old \d+;/)![0];
    const before = await top(page, reading);
    for (let i = 0; i < 3; i++) await b.say(accountId(BigInt(ana.account_id)), `new ${i};`);
    await page.getByRole('button', { name: 'To the newest message' }).getByText('3').waitFor();
    expect(Math.abs((await top(page, reading)) - before)).toBeLessThan(3);
    await page.getByRole('button', { name: 'To the newest message' }).click();
    await bubble(page, 'new 2;').waitFor();
    await page.getByRole('button', { name: 'To the newest message' }).waitFor({ state: 'detached' });

    // Where one stopped.
    await openChat(page, (await server.add('Cy Novak')).phone);
    for (let i = 0; i < 40; i++) await b.say(accountId(BigInt(ana.account_id)), `later ${i};`);
    await openFromList(page, 'Ben Okafor');
    await page.getByText('40 unread messages').waitFor();
    expect(await page.getByText('40 unread messages').evaluate((line) => { const { top: y } = line.getBoundingClientRect(); return y > 60 && y < innerHeight / 2 + 60; })).toBe(true);
    await bubble(page, 'later 0;').waitFor();
    await shot(page, 'unread-divider');
    expect(await page.getByRole('list', { name: 'Chat list' }).getByLabel('40 unread').count()).toBe(1); // not read before one has been at the end
    await scroller(page).evaluate((box) => box.scrollTo(0, box.scrollHeight));
    await page.getByRole('list', { name: 'Chat list' }).getByLabel('40 unread').waitFor({ state: 'detached' });
    b.close();
  });

  it('of 10,000 messages scrolls like a short one', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const page = await pages.logIn(ana);
    await openChat(page, ben.phone);
    for (let i = 0; i < 2; i++) await say(page, `real ${i};`);
    await tick(page, 'real 1;', 'sent');
    await page.evaluate(async (count) => {
      const [{ name = '' } = {}] = await indexedDB.databases();
      const database = await new Promise<IDBDatabase>((done) => { const asked = indexedDB.open(name); asked.onsuccess = () => done(asked.result); });
      const change = database.transaction(['conversations', 'messages'], 'readwrite');
      const row = await new Promise<{ key: string; id: bigint }>((done) => { const asked = change.objectStore('conversations').getAll(); asked.onsuccess = () => done(asked.result[0]); });
      const seqKey = (n: number) => n.toString(16).padStart(16, '0');
      for (let n = 1; n <= count; n++) {
        const message = { conversation: row.id, seq: BigInt(n), author: n % 3 === 0 ? 999n : 998n, timeMs: 1_600_000_000_000 + n * 400_000, body: { kind: 'text', text: n === 17 ? 'made 17; needle' : `made ${n}; ${'some *words* '.repeat(n % 13)}` } };
        change.objectStore('messages').put({ conversationKey: row.key, seqKey: seqKey(n), message });
      }
      change.objectStore('conversations').put({ ...row, lastSeq: BigInt(count), held: BigInt(count), seenTo: BigInt(count), more: false, onDisk: true });
      await new Promise((done) => (change.oncomplete = done));
      database.close();
    }, 10_000);
    await page.reload();
    await bubble(page, 'made 10000;').waitFor();
    const frames = await page.evaluate(async () => {
      const box = document.querySelector('[role="log"]')!.parentElement!;
      const times: number[] = [];
      for (let before = performance.now(), i = 0; i < 1200; i++) {
        box.scrollTop -= 300;
        const now = await new Promise<number>(requestAnimationFrame);
        times.push(now - before);
        before = now;
      }
      return times.sort((a, b) => a - b);
    });
    const at = (share: number) => frames[Math.floor(frames.length * share)]!.toFixed(1);
    const reached = Number((await bubbles(page).first().innerText()).match(/made (\d+)/)?.[1] ?? 0);
    console.log(`10,000 messages: frame median ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms; up to message ${reached}`);
    const search = page.getByRole('searchbox', { name: 'Search' });
    await search.fill('needle');
    await page.getByRole('region', { name: 'Messages' }).getByRole('button').click();
    await bubble(page, 'made 17;').waitFor();
    await expect.poll(() => top(page, 'made 17;')).toBeGreaterThan(64);
    expect(await bubbles(page).count()).toBeLessThan(110);
  });
});

describe('messages', () => {
  it('have the form that was written, and links that are safe', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const page = await pages.logIn(ana);
    await openChat(page, ben.phone);
    await say(page, '*Saturday* at _seven_, ~not eight~:\n- tea\n- `oars`\n1. row\n2. swim\n> who is in?\nhttps://example.org/lake (and www.example.org).');
    const line = bubble(page, 'Saturday').first();
    await line.getByRole('strong').waitFor();
    expect(await line.locator('em, s, code, blockquote').allInnerTexts()).toEqual(['seven', 'not eight', 'oars', 'who is in?']);
    const links = await line.getByRole('link').evaluateAll((all) => all.map((link) => [link.getAttribute('href'), link.getAttribute('rel'), link.getAttribute('target')]));
    expect(links).toEqual([['https://example.org/lake', 'noopener noreferrer nofollow', '_blank'], ['https://www.example.org/', 'noopener noreferrer nofollow', '_blank']]);
    await say(page, 'javascript:alert(1) <img src=x onerror=alert(2)> https://bank.example@evil.example/ \u202Egpj.exe');
    await bubble(page, 'onerror').waitFor();
    expect(await bubble(page, 'onerror').locator('a, img:not([alt=""])').count()).toBe(0);
    await say(page, '👍🏽');
    await say(page, '```\nfor (boat of boats)\n  boat.launch();\n```');
    await bubble(page, 'boat.launch').locator('pre').waitFor();
    await page.getByRole('list', { name: 'Chat list' }).getByText('for (boat of boats) boat.launch();').waitFor();
    await shot(page, 'formatted');
  });

  it('are starred, chosen together, copied, deleted here, and tell how far they are', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const page = await pages.logIn(ana);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await openChat(page, ben.phone);
    for (const text of ['first', 'second', 'third', 'fourth']) await say(page, text);
    await tick(page, 'fourth', 'sent');

    await act(page, 'second', 'Star');
    await bubble(page, 'second').getByRole('img', { name: 'starred' }).waitFor();
    await act(page, 'first', 'Select');
    await page.getByRole('checkbox', { name: 'Select “third”' }).check();
    await page.getByRole('toolbar', { name: '2 selected' }).waitFor();
    await shot(page, 'selecting');
    await page.getByRole('button', { name: 'Copy' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^\[.+\] You: first\n\[.+\] You: third$/);

    await act(page, 'fourth', 'Delete for me');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete for me' }).click();
    await bubble(page, 'fourth').waitFor({ state: 'detached' });
    await page.getByRole('list', { name: 'Chat list' }).getByText('third').waitFor();

    const b = await new Device(server, ben).online();
    await tick(page, 'first', 'delivered');
    await bubble(page, 'first').getByRole('button', { name: 'Message info' }).click();
    await page.getByRole('dialog').getByRole('region', { name: 'Reached a device of' }).getByText('Ben Okafor').waitFor();
    await shot(page, 'message-info');
    await page.keyboard.press('Escape');

    await page.reload();
    await bubble(page, 'third').waitFor();
    expect(await bubble(page, 'fourth').count()).toBe(0);
    await page.getByRole('button', { name: 'Starred messages' }).click();
    await page.getByRole('dialog').getByRole('button', { name: /Ben Okafor.*second/s }).click();
    await bubble(page, 'second').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    b.close();
  });
});
