// What people show for a day: written on a colour, a photo, seen by the others, answered, hidden.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { axeCheck } from './axe';
import { bubble, openChat, openFromList, Pages, say, shot, tick } from './pages';
import { scenery } from './scenery';
import { Server } from './server';

let server: Server;
let pages: Pages;
beforeAll(async () => {
  server = await Server.start('statuses-browser');
  pages = await Pages.open(server);
});
afterAll(async () => {
  await pages?.close();
  await server?.close();
});
afterEach(async ({ task }) => expect(await pages.end(task.result?.state === 'fail')).toEqual([]));

async function friends(): Promise<readonly [Page, Page]> {
  const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
  const [a, b] = [await pages.logIn(ana), await pages.logIn(ben, { viewport: { width: 390, height: 780 }, colorScheme: 'dark' })];
  await openChat(a, ben.phone);
  await say(a, 'Hello Ben');
  await openFromList(b, 'Ana Lima');
  await say(b, 'Hello Ana');
  await bubble(a, 'Hello Ana').waitFor();
  await b.getByRole('button', { name: 'Back to the chats' }).click();
  return [a, b];
}
const open = (page: Page) => page.getByRole('button', { name: /^Statuses/ }).click();
const viewer = (page: Page, name: string) => page.getByRole('dialog', { name: `Status of ${name}` });

describe('statuses', () => {
  it('are written, seen, counted and answered', async () => {
    const [a, b] = await friends();
    await open(b);
    await b.getByText('Nobody shows anything').waitFor();
    await b.getByRole('button', { name: 'Write a status' }).click();
    await b.getByRole('textbox', { name: 'What is on your mind?' }).fill('At the lake until Sunday. Come by for tea!');
    await b.getByRole('button', { name: 'Another colour' }).click();
    await shot(b, 'status-write');
    await axeCheck(b, 'write a status');
    await b.getByRole('button', { name: 'Show it for a day' }).click();
    await b.getByRole('button', { name: /My status.*\d/s }).waitFor();

    await a.getByRole('button', { name: 'Statuses, something new' }).waitFor(); // with the dialog closed
    expect(await a.getByRole('list', { name: 'Chat list' }).getByRole('listitem').count()).toBe(1); // it is no chat
    expect(await a.title()).toBe('Homing');
    await open(a);
    await a.getByRole('region', { name: 'New' }).getByRole('button', { name: 'Status of Ben Okafor' }).waitFor();
    await shot(a, 'statuses');
    await axeCheck(a, 'statuses');
    await a.getByRole('button', { name: 'Status of Ben Okafor' }).click();
    await viewer(a, 'Ben Okafor').getByText('Come by for tea!').first().waitFor();
    await viewer(a, 'Ben Okafor').getByRole('button', { name: 'Pause' }).click();
    await shot(a, 'status-text');
    await axeCheck(a, 'a status');
    await a.getByRole('textbox', { name: 'Reply to Ben Okafor' }).fill('I bring cake');
    await a.keyboard.press('Enter');
    await a.getByText('Your reply is in the chat').waitFor();
    await a.keyboard.press('Escape');
    await a.getByRole('region', { name: 'Seen' }).getByRole('button', { name: 'Status of Ben Okafor' }).waitFor();

    await b.getByRole('button', { name: /My status/ }).click();
    await b.getByRole('button', { name: 'Seen by 1 person' }).click();
    await b.getByRole('dialog', { name: 'Seen by 1 person' }).getByText('Ana Lima').waitFor();
    await shot(b, 'status-views');
    await b.keyboard.press('Escape');
    await b.keyboard.press('Escape');
    await b.keyboard.press('Escape');
    await openFromList(b, 'Ana Lima');
    await bubble(b, 'I bring cake').filter({ hasText: 'At the lake' }).waitFor();
  });

  it('are photos too, also when the server is away for a while; hidden ones stay out of sight', async () => {
    const [a, b] = await friends();
    await server.kill();
    await open(b);
    await b.getByLabel('Photo or video as a status', { exact: true }).and(b.locator('input')).setInputFiles({ name: 'lake.png', mimeType: 'image/png', buffer: scenery(900, 600, 5) });
    await b.getByRole('dialog', { name: 'Send a file' }).getByRole('textbox', { name: 'Caption' }).fill('Mirror flat');
    await b.getByRole('dialog', { name: 'Send a file' }).getByRole('button', { name: 'Send', exact: true }).click();
    await b.getByText('1 status waits to be sent').waitFor();
    await server.start();
    await b.getByText('1 status waits to be sent').waitFor({ state: 'detached' });

    await a.getByRole('button', { name: 'Statuses, something new' }).waitFor();
    await a.reload(); // it is kept here
    await open(a);
    await a.getByRole('button', { name: 'Status of Ben Okafor' }).click();
    const photo = viewer(a, 'Ben Okafor').getByRole('img', { name: 'Mirror flat' });
    await photo.and(a.locator('[src^="blob:"]')).waitFor();
    await shot(a, 'status-photo');
    await a.keyboard.press('Escape');
    await a.getByRole('button', { name: 'Hide the statuses of Ben Okafor' }).click();
    await a.getByRole('region', { name: 'Hidden' }).getByRole('button', { name: 'Status of Ben Okafor' }).waitFor();
    await shot(a, 'statuses-hidden');
    await a.keyboard.press('Escape');
    await b.getByRole('button', { name: 'Write a status' }).click();
    await b.getByRole('textbox', { name: 'What is on your mind?' }).fill('one more');
    await b.getByRole('button', { name: 'Show it for a day' }).click();
    await b.getByRole('button', { name: /My status/ }).click();
    await viewer(b, 'Ben Okafor').getByRole('img', { name: '1 of 2' }).waitFor();
    await b.keyboard.press('ArrowRight');
    await viewer(b, 'Ben Okafor').getByText('one more').first().waitFor();
    await b.keyboard.press('Escape');
    await b.keyboard.press('Escape');
    await openFromList(b, 'Ana Lima');
    await say(b, 'did you see it?');
    await bubble(a, 'did you see it?').waitFor();
    expect(await a.getByRole('button', { name: 'Statuses, something new' }).count()).toBe(0);
  });

  it('look right from right to left', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const b = await pages.logIn(ben);
    await openChat(b, ana.phone);
    await say(b, 'Hello');
    await tick(b, 'Hello', 'sent');
    await open(b);
    await b.getByRole('button', { name: 'Write a status' }).click();
    await b.getByRole('textbox', { name: 'What is on your mind?' }).fill('مساء الخير من البحيرة');
    await b.getByRole('button', { name: 'Show it for a day' }).click();
    const page = await pages.browser.newContext({ viewport: { width: 390, height: 780 }, locale: 'ar', reducedMotion: 'reduce' }).then((context) => context.newPage());
    await page.goto(server.origin);
    await page.locator('input').first().fill((await server.add('', ana.phone)).token);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'الحالات، هناك جديد' }).click();
    await page.getByRole('button', { name: /^حالة/ }).click();
    await page.getByText('مساء الخير').first().waitFor();
    await shot(page, 'status-rtl');
    expect(await page.getByRole('button', { name: 'إيقاف مؤقت' }).count()).toBe(0); // who wants less motion goes on by hand
    await page.context().close();
  });
});

