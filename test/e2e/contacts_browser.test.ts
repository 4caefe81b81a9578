// People: strangers who write for the first time, names that one gives, and the list of those one knows.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { axeCheck } from './axe';
import { accept, box, bubble, openChat, openFromList, Pages, say, shot, tick } from './pages';
import { Device } from './person';
import { Server } from './server';

let server: Server;
let pages: Pages;
beforeAll(async () => {
  server = await Server.start('contacts-browser');
  pages = await Pages.open(server);
});
afterAll(async () => {
  await pages?.close();
  await server?.close();
});
afterEach(async ({ task }) => expect(await pages.end(task.result?.state === 'fail')).toEqual([]));

const entry = (page: Page, name: string | RegExp) => page.getByRole('list', { name: 'Chat list' }).getByRole('button', { name });

describe('a stranger who writes', () => {
  it('hears nothing until they are accepted, and is asked about only once', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [a, b] = [await pages.logIn(ana), await pages.logIn(ben)];
    await openChat(a, ben.phone);
    await say(a, 'Hello, is this Ben of the boats?');
    await entry(b, /Ana Lima.*Message request/s).click();
    await bubble(b, 'Ben of the boats').waitFor();
    const request = b.getByRole('region', { name: 'Message request' });
    await request.getByText('wrote to you for the first time').waitFor();
    await shot(b, 'request');
    await axeCheck(b, 'request');
    expect(await box(b).count()).toBe(0);
    await tick(a, 'Ben of the boats', 'delivered');
    await say(a, 'Hello?'); // delivered too, and still not read
    await tick(a, 'Hello?', 'delivered');
    await bubble(b, 'Hello?').waitFor();
    expect(await bubble(a, 'Hello?').getByRole('img', { name: 'read', exact: true }).count()).toBe(0);

    await b.reload(); // it waits over a reload
    await request.getByRole('button', { name: 'Accept' }).click();
    await tick(a, 'Hello?', 'read');
    await say(b, 'It is.');
    await bubble(a, 'It is.').waitFor();
    expect(await a.getByRole('button', { name: 'Accept' }).count()).toBe(0); // who wrote first knows whom they wrote to

    // Another device of the same person need not ask again.
    const other = await pages.logIn(await server.add('', ben.phone));
    await entry(other, 'Ana Lima').click();
    await box(other).waitFor();
  });

  it('is blocked without a word, and can be let in later', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const a = await pages.logIn(ana);
    const b = await new Device(server, ben).online();
    await b.say(BigInt(ana.account_id) as never, 'Cheap oars, only today');
    await entry(a, /Ben Okafor/).click();
    await a.getByRole('button', { name: 'Block', exact: true }).click();
    await a.getByText('You blocked').waitFor();
    await b.say(BigInt(ana.account_id) as never, 'Really cheap');
    await a.getByRole('button', { name: 'Unblock', exact: true }).click();
    await accept(a);
    await b.say(BigInt(ana.account_id) as never, 'Sorry about that');
    await bubble(a, 'Sorry about that').waitFor();
    expect(await bubble(a, 'Really cheap').count()).toBe(0);
    b.close();
  });

  it('looks right on a phone, at night and from right to left', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Benedictus Okafor-Lindqvist the Elder of the Lake')];
    const b = await new Device(server, ben).online();
    await b.say(BigInt(ana.account_id) as never, 'Hello Ana, we met at the lake.');
    for (const [name, options] of [['dark', { colorScheme: 'dark' }], ['rtl', { locale: 'ar' }]] as const) {
      const page = await pages.browser.newContext({ viewport: { width: 390, height: 780 }, hasTouch: true, ...options }).then((context) => context.newPage());
      await page.goto(server.origin);
      await page.locator('input').first().fill((await server.add('', ana.phone)).token);
      await page.keyboard.press('Enter');
      await page.getByRole('listitem').getByRole('button').first().click();
      await page.getByText('we met at the lake').last().waitFor();
      await page.waitForTimeout(300);
      await shot(page, `request-${name}`);
      await page.context().close();
    }
    b.close();
  });
});

describe('names that one gives', () => {
  it('go before the names that people gave themselves, everywhere, and stay over a reload', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const a = await pages.logIn(ana);
    await openChat(a, ben.phone);
    await say(a, 'Hello');
    await tick(a, 'Hello', 'sent');
    await a.getByRole('button', { name: 'About Ben Okafor' }).click();
    await a.getByRole('textbox', { name: 'Name that you give' }).fill('Captain Ben');
    await a.getByRole('button', { name: 'Save' }).click();
    await a.getByText('Saved.').waitFor();
    await a.getByText('Calls themselves “Ben Okafor”').waitFor();
    await shot(a, 'person');
    await axeCheck(a, 'person');
    await a.keyboard.press('Escape');
    await a.reload();
    await a.getByRole('heading', { name: 'Captain Ben' }).waitFor();
    await openFromList(a, 'Captain Ben');

    await a.getByRole('button', { name: 'New chat' }).click();
    const known = a.getByRole('dialog').getByRole('region', { name: 'People you know' });
    await known.getByRole('button', { name: 'Captain Ben' }).waitFor();
    await shot(a, 'new-chat');
    await axeCheck(a, 'new chat');
    await known.getByRole('button', { name: 'Captain Ben' }).click();
    await box(a).waitFor();
    await a.getByRole('button', { name: 'About Captain Ben' }).click();
    await a.getByRole('textbox', { name: 'Name that you give' }).fill('');
    await a.getByRole('button', { name: 'Save' }).click();
    await a.getByRole('heading', { name: 'About Ben Okafor' }).waitFor();
  });
});

describe('a draft', () => {
  it('stays until the message is kept on this device', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const a = await pages.logIn(ana);
    await openChat(a, ben.phone);
    await box(a).fill('worth keeping');
    await a.waitForTimeout(600); // it is a draft now
    // The disk does not take it: what was written must not be lost.
    await a.evaluate(() => {
      const put = IDBObjectStore.prototype.put;
      (window as unknown as { mend: () => void }).mend = () => (IDBObjectStore.prototype.put = put);
      IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...values: Parameters<typeof put>) {
        if (this.name === 'outbox') throw new DOMException('full', 'QuotaExceededError');
        return put.apply(this, values);
      };
    });
    await a.keyboard.press('Enter');
    await a.getByRole('alert').waitFor();
    expect(await box(a).inputValue()).toBe('worth keeping');
    await a.reload();
    expect(await box(a).inputValue()).toBe('worth keeping');
    await a.keyboard.press('Enter');
    await tick(a, 'worth keeping', 'sent');
    await a.reload();
    await bubble(a, 'worth keeping').waitFor();
    expect(await box(a).inputValue()).toBe('');
  });
});
