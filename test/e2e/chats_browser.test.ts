// The list of chats, as people use it: pinned, muted, archived, marked, filtered, with drafts; and a very long one.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { box, bubble, openChat, openFromList, Pages, say, shot, tick } from './pages';
import { Device } from './person';
import { Server } from './server';

let server: Server;
let pages: Pages;
beforeAll(async () => {
  server = await Server.start('chats-browser');
  pages = await Pages.open(server);
});
afterAll(async () => {
  await pages?.close();
  await server?.close();
});
afterEach(async ({ task }) => expect(await pages.end(task.result?.state === 'fail')).toEqual([]));

const list = (page: Page) => page.getByRole('list', { name: 'Chat list' });
const row = (page: Page, name: string | RegExp) => list(page).getByRole('listitem').filter({ hasText: name });
const names = async (page: Page, all: readonly string[]) => (await list(page).getByRole('listitem').allInnerTexts()).map((text) => all.find((name) => text.includes(name)));
async function choose(page: Page, chat: string, ...entries: readonly string[]): Promise<void> {
  await row(page, chat).click({ button: 'right' });
  for (const entry of entries) await page.getByRole('menuitem', { name: entry }).click();
}

describe('the chat list', () => {
  it('pins, mutes, archives and marks, by mouse and by keyboard, and keeps it over a reload', async () => {
    const all = ['Ben Okafor', 'Cy Novak', 'Mira Sato'];
    const ana = await server.add('Ana Lima');
    const others = await Promise.all(all.map(async (name) => new Device(server, await server.add(name)).online()));
    const me = await new Device(server, ana).online();
    for (const other of others) await other.say(me, `Hello from ${other.added.phone}`);
    me.close();
    const page = await pages.logIn(await server.add('', ana.phone));
    await row(page, 'Mira Sato').waitFor();
    expect(await names(page, all)).toEqual(['Mira Sato', 'Cy Novak', 'Ben Okafor']);

    await choose(page, 'Ben Okafor', 'Pin');
    await choose(page, 'Cy Novak', 'Mute…', 'Always');
    await row(page, 'Cy Novak').getByRole('img', { name: 'muted' }).waitFor();
    await expect.poll(() => names(page, all)).toEqual(['Ben Okafor', 'Mira Sato', 'Cy Novak']);

    // The keyboard alone: down to the last one, its menu, archive it.
    await list(page).getByRole('button', { name: 'Ben Okafor' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menu', { name: 'Options for Cy Novak' }).waitFor();
    await shot(page, 'chat-menu');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await expect.poll(() => names(page, all)).toEqual(['Ben Okafor', 'Mira Sato']);

    await openFromList(page, 'Mira Sato');
    await expect.poll(() => row(page, 'Mira Sato').getByLabel('1 unread').count()).toBe(0);
    await choose(page, 'Mira Sato', 'Mark as unread');
    await box(page).fill('I wanted to say');
    await openFromList(page, 'Ben Okafor');
    await row(page, 'Mira Sato').getByText('Draft:').waitFor();

    await page.reload();
    await row(page, 'Mira Sato').getByText('I wanted to say').waitFor();
    await page.getByRole('button', { name: 'Archived' }).click();
    await row(page, 'Cy Novak').getByRole('img', { name: 'muted' }).waitFor();
    await page.getByRole('button', { name: 'All', exact: true }).click();
    expect(await names(page, all)).toEqual(['Ben Okafor', 'Mira Sato']);
    await openFromList(page, 'Mira Sato');
    expect(await box(page).inputValue()).toBe('I wanted to say');
    await page.keyboard.press('Enter');
    await tick(page, 'I wanted to say', 'delivered');
    await expect.poll(() => row(page, 'Mira Sato').getByText('Draft:').count()).toBe(0);
    for (const other of others) other.close();
  });

  it('scrolls through 5,000 chats, and opens with them at once', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const page = await pages.logIn(ana);
    await openChat(page, ben.phone);
    await say(page, 'the only real one');
    await tick(page, 'the only real one', 'sent');
    // As a device has them that had them all along.
    await page.evaluate(async (count) => {
      const [{ name = '' } = {}] = await indexedDB.databases();
      const database = await new Promise<IDBDatabase>((done, failed) => {
        const asked = indexedDB.open(name);
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => failed(asked.error);
      });
      const change = database.transaction('conversations', 'readwrite');
      for (let i = 0; i < count; i++) {
        const id = BigInt(1_000_000 + i);
        const last = { conversation: id, seq: 7n, author: 999n, timeMs: 1_600_000_000_000 + i * 60_000, body: { kind: 'text', text: `The last words in chat ${i}, which are rather many words for a single line` } };
        const marks = { deliveredTo: 0n, readTo: 0n, ownReadTo: 5n };
        change.objectStore('conversations').put({ key: id.toString(16).padStart(16, '0'), id, kind: 'group', name: `Group ${i}`, members: [], active: true, lastSeq: 7n, marks, seenTo: 5n, ownAfter: [], spoken: true, held: 0n, more: true, last, stale: false });
      }
      await new Promise((done) => (change.oncomplete = done));
      database.close();
    }, 5000);
    await page.reload();
    await row(page, 'Group 4999').waitFor();
    const listed = await page.evaluate(() => performance.now());
    expect(await list(page).getByRole('listitem').count()).toBeLessThan(60);

    const frames = await page.evaluate(async () => {
      const scroller = document.querySelector<HTMLElement>('ul[aria-label="Chat list"]')?.parentElement;
      if (!scroller) throw new Error('no list');
      const times: number[] = [];
      for (let before = performance.now(), i = 0; i < 240; i++) {
        scroller.scrollTop += 700;
        const now = await new Promise<number>(requestAnimationFrame);
        times.push(now - before);
        before = now;
      }
      return times.sort((a, b) => a - b);
    });
    const at = (share: number) => frames[Math.floor(frames.length * share)]!.toFixed(1);
    console.log(`5,000 chats: listed after ${listed.toFixed(0)} ms; frame median ${at(0.5)} ms, p95 ${at(0.95)} ms`);
    await row(page, /Group 2\d\d\d/).first().waitFor(); // what is in sight is drawn
    await shot(page, 'chats-5000');
  });

  it('has its menus on a phone by a long touch', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [a, b] = [await new Device(server, ana).online(), await new Device(server, ben).online()];
    await a.say(b, 'See you at the lake?');
    const phone = await pages.logIn(await server.add('', ben.phone), { viewport: { width: 390, height: 780 }, colorScheme: 'dark', hasTouch: true, isMobile: true });
    const target = (await row(phone, 'Ana Lima').boundingBox())!;
    const touch = await phone.context().newCDPSession(phone);
    const point = { x: target.x + 120, y: target.y + 30 };
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
    await phone.getByRole('menuitem', { name: 'Pin' }).waitFor();
    await shot(phone, 'chat-menu-phone');
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await phone.getByRole('menuitem', { name: 'Pin' }).click();
    await row(phone, 'Ana Lima').getByRole('img', { name: 'pinned' }).waitFor();
    expect(await phone.getByRole('heading', { name: 'Chats' }).isVisible()).toBe(true); // the touch opened no chat
    await openFromList(phone, 'Ana Lima');
    await bubble(phone, 'See you at the lake?').waitFor();
    a.close();
    b.close();
  });
});
