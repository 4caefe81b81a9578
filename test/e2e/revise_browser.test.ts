// Messages that read otherwise later: edited within a while, deleted for everyone.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { axeCheck } from './axe';
import { box, bubble, openChat, openFromList, Pages, say, shot, tick } from './pages';
import { Server } from './server';

let server: Server;
let pages: Pages;
beforeAll(async () => {
  server = await Server.start('revise-browser');
  pages = await Pages.open(server);
});
afterAll(async () => {
  await pages?.close();
  await server?.close();
});
afterEach(async ({ task }) => expect(await pages.end(task.result?.state === 'fail')).toEqual([]));

const entry = async (page: Page, text: string, name: string) => {
  await bubble(page, text).getByRole('button', { name: /^What to do with/ }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
};

describe('a message', () => {
  it('gets other words, for everybody and for who was away, while a draft waits', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [a, b] = [await pages.logIn(ana), await pages.logIn(ben)];
    await openChat(a, ben.phone);
    await say(a, 'See you at sixe');
    await openFromList(b, 'Ana Lima');
    await bubble(b, 'See you at sixe').waitFor();
    await box(a).fill('half a thought');
    await entry(a, 'See you at sixe', 'Edit');
    await expect.poll(() => box(a).inputValue()).toBe('See you at sixe');
    await shot(a, 'editing');
    await axeCheck(a, 'editing');
    await say(a, 'See you at six');
    await expect.poll(() => box(a).inputValue()).toBe('half a thought');
    await bubble(a, /See you at six\s*edited/).waitFor();
    await bubble(b, /See you at six\s*edited/).waitFor();
    await b.getByRole('list', { name: 'Chat list' }).getByText('See you at six', { exact: true }).waitFor();
    expect(await bubble(b, 'See you').getByRole('button', { name: 'Edit' }).count()).toBe(0);
    await b.reload(); // what the device keeps was changed too
    await bubble(b, /See you at six\s*edited/).waitFor();
    const late = await pages.logIn(await server.add('', ben.phone));
    await openFromList(late, 'Ana Lima');
    await bubble(late, /See you at six\s*edited/).waitFor();

    await b.getByRole('button', { name: 'Settings' }).click(); // not looked at while it changes
    await b.keyboard.press('Escape');
    await entry(a, 'See you at six', 'Edit');
    await a.keyboard.press('Escape');
    await expect.poll(() => box(a).inputValue()).toBe('half a thought');
  });

  it('is deleted for everyone, also by a device that is offline, and nothing of it is left', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [a, b] = [await pages.logIn(ana, { viewport: { width: 390, height: 780 }, colorScheme: 'dark' }), await pages.logIn(ben)];
    await openChat(a, ben.phone);
    await say(a, 'the wrong chat');
    await say(a, 'the right one');
    await tick(a, 'the right one', 'delivered');
    await server.kill();
    await entry(a, 'the wrong chat', 'Delete for me');
    await shot(a, 'delete-dialog');
    await axeCheck(a, 'deleting');
    await a.getByRole('button', { name: 'Delete for everyone' }).click();
    await bubble(a, 'You deleted this message.').waitFor();
    await server.start();
    await openFromList(b, 'Ana Lima'); // it was on this device, and nobody had looked at it
    await bubble(b, 'This message was deleted.').waitFor();
    await bubble(b, 'the right one').waitFor();
    expect(await bubble(b, 'the wrong chat').count()).toBe(0);
    await shot(b, 'deleted');
    await axeCheck(b, 'deleted');
    await b.reload();
    await bubble(b, 'This message was deleted.').waitFor();
    expect(await b.getByText('the wrong chat').count()).toBe(0);
  });
});
