// Every screen as axe sees it: by day and by night, on a desk and on a phone. What it cannot see (order of focus, words
// that make sense) is in the other suites, which find everything by role and label and go through it by keyboard.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seq } from '../../web/src/client/ids';
import { axeCheck as check } from './axe';
import { bubble, bubbles, openFromList, Pages, shot } from './pages';
import { Device } from './person';
import { scenery } from './scenery';
import { Server } from './server';
import type { Added } from './server';

const kLake = scenery(360, 240);
const kLooks = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['phone', { colorScheme: 'light', viewport: { width: 390, height: 780 }, hasTouch: true }],
  ['phone-dark', { colorScheme: 'dark', viewport: { width: 390, height: 780 }, hasTouch: true }],
] as const;

let server: Server;
let pages: Pages;
let ana: Added;

beforeAll(async () => {
  server = await Server.start('accessible-browser');
  pages = await Pages.open(server);
  ana = await server.add('Ana Lima');
  const [a, ben, cy] = await Promise.all([new Device(server, ana).online(), ...(await Promise.all(['Ben Okafor', 'Cy Novak'].map((name) => server.add(name)))).map((added) => new Device(server, added).online())]);
  const team = await a!.group('Rowing club', ben!, cy!);
  const first = await ben!.sayIn(team, 'Boats are back from the workshop. Who is in for Saturday?');
  await cy!.sayIn(team, 'In. See https://example.org/tides');
  await a!.sayIn(team, 'Seven, before the wind gets up.');
  await a!.client.outbox.enqueueAndWait({ kind: 'send', to: { kind: 'conversation', conversation: team }, said: { kind: 'reaction', emoji: '👍' }, reactedTo: seq(first.seq) });
  await ben!.say(a!, 'Hello Ana');
  await ben!.say(a!, 'Did you see the lake?');
  await ben!.client.outbox.enqueueAndWait({ kind: 'send', to: { kind: 'account', account: a!.account }, said: { kind: 'location', spot: { latitude: 47.1, longitude: 9.2, name: 'Boathouse', address: 'Lake road 1' } } });
  await ben!.client.outbox.enqueueAndWait({ kind: 'send', to: { kind: 'account', account: a!.account }, said: { kind: 'contacts', cards: [{ name: 'Cy Novak', phones: [{ phone: '+15553000003', type: 'CELL', waId: '15553000003' }], details: [] }] } });
  for (const each of [a, ben, cy]) each!.close();
});
afterAll(async () => {
  await pages?.close();
  await server?.close();
});
afterEach(async ({ task }) => {
  expect(await pages.end(task.result?.state === 'fail')).toEqual([]);
});

describe.each(kLooks)('nothing stands in the way, %s', (look, options) => {
  let device: Added;
  const laptop = () => pages.logIn(device, options);

  beforeAll(async () => {
    device = await server.add('', ana.phone);
  });

  it('before logging in', async () => {
    const context = await pages.browser.newContext({ locale: 'en-GB', ...options });
    const page = await context.newPage();
    await page.goto(server.origin);
    await page.getByRole('tab').first().waitFor();
    await check(page, 'log in');
    await page.getByRole('textbox').first().fill('no token');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').waitFor();
    await check(page, 'a problem');
    await page.getByRole('tab').nth(1).click();
    await check(page, 'register');
    await context.close();
  });

  it('in the list of chats and its dialogs', async () => {
    const empty = await pages.logIn(await server.add(`New ${look}`), options);
    await check(empty, 'no chats');
    const page = await laptop();
    await page.getByRole('list', { name: 'Chat list' }).getByRole('button').first().waitFor();
    await check(page, 'chats');
    for (const dialog of ['New chat', 'New group', 'Statuses', 'Settings']) {
      await page.getByRole('button', { name: dialog }).click();
      await page.getByRole('dialog').waitFor();
      await check(page, dialog);
      await page.getByRole('button', { name: 'Close' }).click();
    }
  });

  it('in a group', async () => {
    const page = await laptop();
    await openFromList(page, 'Rowing club');
    await bubble(page, 'Seven, before').waitFor();
    await check(page, 'group');
    await page.getByRole('button', { name: 'Group info' }).click();
    await page.getByRole('dialog').waitFor();
    await check(page, 'group info');
    await page.getByRole('button', { name: 'Close' }).click();
    await bubble(page, 'Boats are back').getByRole('button', { name: /^What to do with/ }).press('Enter');
    await check(page, 'menu of a message');
    await page.getByRole('dialog').getByRole('button', { name: 'Reply' }).click();
    await check(page, 'replying');
  });

  it('in a chat with everything in it', async () => {
    const page = await laptop();
    await openFromList(page, 'Ben Okafor');
    await bubbles(page).last().waitFor();
    await page.getByRole('button', { name: 'Attach' }).click();
    await check(page, 'attach');
    await page.keyboard.press('Escape');
    await page.getByLabel('Photos and videos').setInputFiles({ name: 'lake.png', mimeType: 'image/png', buffer: kLake });
    await page.getByRole('dialog').getByRole('textbox').waitFor();
    await check(page, 'preview');
    await page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const photo = page.getByRole('button', { name: 'Open photo' }).last();
    await photo.waitFor();
    await check(page, 'photo');
    await photo.click();
    await page.getByRole('dialog').waitFor();
    await check(page, 'viewer');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'About Ben Okafor' }).click();
    await check(page, 'person');
    await shot(page, `accessible-${look}`);
  });

  it('in high contrast and in Arabic', async () => {
    const page = await laptop();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Appearance').selectOption('contrast');
    await check(page, 'settings in high contrast');
    await page.getByLabel('Language').selectOption('ar');
    await page.getByRole('dialog', { name: 'الإعدادات' }).waitFor();
    await check(page, 'Arabic settings');
    await page.keyboard.press('Escape');
    await page.getByRole('list', { name: 'قائمة الدردشات' }).getByRole('button', { name: /Rowing club/ }).click();
    await bubble(page, 'Seven, before').waitFor();
    await check(page, 'Arabic group in high contrast');
  });
});
