// What a person chooses for a device: language, direction of writing, colours, size of text.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { bubble, openFromList, Pages, say, shot } from './pages';
import { Device } from './person';
import { Server } from './server';
import type { Added } from './server';

let server: Server;
let pages: Pages;
let ana: Added;
let ben: Added;

beforeAll(async () => {
  server = await Server.start('looks-browser');
  pages = await Pages.open(server);
  [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
  const [one, other] = await Promise.all([new Device(server, ana).online(), new Device(server, ben).online()]);
  await one.say(other, 'The lake is like a mirror this morning. Seven at the boathouse?');
  await other.say(one, 'نعم، في السابعة. سأحضر الشاي!');
  await one.say(other, 'Good :)');
  const cy = await new Device(server, await server.add('دنا منصور')).online();
  await cy.say(one, 'أهلا');
  await cy.group('Rowing club', one, other);
  for (const each of [one, other, cy]) each.close();
});
afterAll(async () => {
  await pages?.close();
  await server?.close();
});
afterEach(async ({ task }) => {
  expect(await pages.end(task.result?.state === 'fail')).toEqual([]);
});

const laptop = (options: object = {}) => server.add('', ana.phone).then((added) => pages.logIn(added, options));
const direction = (page: Page) => page.evaluate(() => [document.documentElement.lang, document.documentElement.dir, getComputedStyle(document.body).direction]);
async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel(label).selectOption({ label: option });
  await page.keyboard.press('Escape');
}
/** Nothing sticks out of the window sideways. */
const fits = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

describe('a device', () => {
  it('speaks the language of the browser, in its own numbers and days', async () => {
    const page = await laptop({ locale: 'en-GB' });
    await openFromList(page, 'Ben Okafor');
    await page.getByRole('log').getByText('Today').waitFor();

    await choose(page, 'Language', 'Deutsch');
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
    await page.getByRole('log').getByText('Heute').waitFor();
    expect(await direction(page)).toEqual(['de', 'ltr', 'ltr']);
    await page.reload();
    await page.getByRole('button', { name: 'Einstellungen' }).click();
    await shot(page, 'settings-german');
    await page.getByLabel('Sprache').selectOption({ label: 'Español' });
    await page.getByRole('dialog', { name: 'Ajustes' }).waitFor();
  });

  it('turns around for Arabic, and keeps each name and number in its own direction', async () => {
    const page = await laptop();
    await openFromList(page, 'Ben Okafor');
    await choose(page, 'Language', 'العربية');
    await page.getByRole('heading', { name: 'الدردشات' }).waitFor();
    expect(await direction(page)).toEqual(['ar', 'rtl', 'rtl']);
    const [list, log] = [await page.getByRole('list', { name: 'قائمة الدردشات' }).boundingBox(), await page.getByRole('log').boundingBox()];
    expect(list!.x).toBeGreaterThan(log!.x);
    const [own, others] = [await bubble(page, 'Seven at').boundingBox(), await bubble(page, 'السابعة').boundingBox()];
    expect(own!.x).toBeLessThan(others!.x);
    await shot(page, 'arabic');
    await page.getByRole('button', { name: /^معلومات عن.*Ben Okafor/ }).click();
    await shot(page, 'arabic-person');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'الإعدادات' }).click();
    await shot(page, 'arabic-settings');
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 390, height: 780 });
    await shot(page, 'arabic-phone');
  });

  it('is light, dark or of high contrast, whatever the system is, in all tabs and after a reload', async () => {
    const page = await laptop({ colorScheme: 'dark' });
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await paper()).toBe('rgb(21, 23, 28)');
    await choose(page, 'Appearance', 'Light');
    expect(await paper()).toBe('rgb(243, 241, 238)');
    await page.reload();
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
    expect(await paper()).toBe('rgb(243, 241, 238)');
    await choose(page, 'Appearance', 'High contrast');
    expect(await paper()).toBe('rgb(0, 0, 0)');
    await openFromList(page, 'Ben Okafor');
    await shot(page, 'contrast-dark');
  });

  it('has text of twice the size, and everything is still there', async () => {
    for (const [name, viewport] of [['desk', { width: 1180, height: 760 }], ['phone', { width: 390, height: 780 }]] as const) {
      const page = await laptop({ viewport });
      await choose(page, 'Text size', '200%');
      expect(await fits(page)).toBe(true);
      await shot(page, `text-200-list-${name}`);
      await openFromList(page, 'Ben Okafor');
      await say(page, `written large on a ${name}`);
      await bubble(page, `written large on a ${name}`).waitFor();
      expect(await fits(page)).toBe(true);
      expect(await page.getByRole('button', { name: 'About Ben Okafor' }).isVisible()).toBe(true);
      await shot(page, `text-200-${name}`);
    }
  });
});

describe('somebody new', () => {
  it('is spoken to in the language of the browser, and in English when the app does not have it', async () => {
    for (const [locale, title] of [['es-MX', 'Chats'], ['ar-EG', 'الدردشات'], ['fr-FR', 'Chats']] as const) {
      const context = await pages.browser.newContext({ locale });
      const page = await context.newPage();
      await page.goto(server.origin);
      await page.getByRole('tab').nth(1).waitFor();
      expect((await direction(page))[0]).toBe(locale === 'fr-FR' ? 'en' : locale.slice(0, 2));
      await page.getByRole('textbox').first().fill(ben.token);
      if (locale === 'ar-EG') await shot(page, 'arabic-log-in');
      await page.getByRole('textbox').first().press('Enter');
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      await context.close();
    }
  });
});
