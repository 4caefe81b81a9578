// What tells somebody who looks elsewhere: the title, the tab's icon, notifications.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { accountId } from '../../web/src/client/ids';
import { bubble, openFromList, Pages, shot } from './pages';
import { Device } from './person';
import { Server } from './server';
import type { Added } from './server';

let server: Server;
let pages: Pages;

beforeAll(async () => {
  server = await Server.start('alerts-browser');
  pages = await Pages.open(server);
});
afterAll(async () => {
  await pages?.close();
  await server?.close();
});
afterEach(async ({ task }) => {
  expect(await pages.end(task.result?.state === 'fail')).toEqual([]);
});

const icon = (page: Page) => page.locator('link[rel="icon"]').getAttribute('href');
const shown = (page: Page) => page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body, tag }) => [title, body, tag.split('-')[0]]));
const accountOf = (added: Added) => accountId(BigInt(added.account_id));
/** Playwright gives every page the focus; a person does not. */
const look = (page: Page, here: boolean) =>
  page.evaluate((looks) => {
    document.hasFocus = () => looks;
    window.dispatchEvent(new Event(looks ? 'focus' : 'blur'));
  }, here);

describe('somebody who looks elsewhere', () => {
  it('sees the number in the title and a dot on the icon, until they read', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const page = await pages.logIn(ana);
    const b = await new Device(server, ben).online();
    expect([await page.title(), await icon(page)]).toEqual(['Homing', '/icon.svg']);
    await look(page, false);
    await b.say(accountOf(ana), 'one');
    await b.say(accountOf(ana), 'two');
    await expect.poll(() => page.title()).toBe('(2) Homing');
    expect(await icon(page)).toBe('/icon-unread.svg');
    expect((await page.request.get(`${server.origin}/icon-unread.svg`)).status()).toBe(200);
    await openFromList(page, 'Ben Okafor');
    await bubble(page, 'two').waitFor();
    expect(await page.title()).toBe('(2) Homing'); // open, but not seen
    await look(page, true);
    await expect.poll(() => page.title()).toBe('Homing');
    expect(await icon(page)).toBe('/icon.svg');
    b.close();
  });

  it('is notified once they want it, with the words or without, by one of their tabs, and not of what they read', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const page = await pages.logIn(ana, { permissions: ['notifications'] });
    const b = await new Device(server, ben).online();
    await look(page, false);
    await b.say(accountOf(ana), 'before');
    await expect.poll(() => page.title()).toBe('(1) Homing');
    await page.getByRole('button', { name: 'Settings' }).click();
    const settings = page.getByRole('group', { name: 'Notifications' });
    await settings.scrollIntoViewIfNeeded();
    await shot(page, 'notifications-off');
    await settings.getByRole('button', { name: 'Switch on' }).click();
    await settings.getByLabel('Show what was written').waitFor();
    await shot(page, 'notifications-on');
    await page.keyboard.press('Escape');
    const second = await page.context().newPage();
    await second.goto(server.origin);
    await second.getByRole('heading', { name: 'Chats' }).waitFor();
    await look(second, false);
    expect(await shown(page)).toEqual([]);

    await b.say(accountOf(ana), 'the boats are back');
    await expect.poll(() => shown(page)).toEqual([['Ben Okafor', 'the boats are back', 'chat']]);
    const phone = await new Device(server, await server.add('', ana.phone)).online();
    const team = await b.group('Rowing club', phone);
    await b.sayIn(team, 'who is in?');
    await expect.poll(async () => (await shown(page)).some(([title, body]) => title === 'Rowing club' && body === 'Ben Okafor: who is in?')).toBe(true);

    await look(second, true);
    await openFromList(second, 'the boats are back');
    await expect.poll(async () => (await shown(page)).map(([title]) => title)).toEqual(['Rowing club']); // read: taken back
    await b.say(accountOf(ana), 'you look at this');
    await bubble(second, 'you look at this').waitFor();
    await look(second, false);

    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Show what was written').uncheck();
    await b.say(accountOf(ana), 'a secret');
    await expect.poll(async () => (await shown(page)).filter(([title]) => title === 'Ben Okafor')).toEqual([['Ben Okafor', '1 new message', 'chat']]);
    for (const each of [b, phone]) each.close();
  });
});
