// Pages of people in headless Chromium, and the words with which tests use them: found by role and label, as people do.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { outputFolder } from './server';
import type { Added, Server } from './server';

const kArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];
type Options = Parameters<Browser['newContext']>[0];

export class Pages {
  /** What the pages threw, and what their policy forbade. */
  complaints: string[] = [];
  #contexts: BrowserContext[] = [];

  private constructor(
    readonly browser: Browser,
    readonly server: Server,
  ) {}

  static async open(server: Server): Promise<Pages> {
    mkdirSync(outputFolder, { recursive: true });
    return new Pages(await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', headless: true, args: kArguments }), server);
  }
  close(): Promise<void> {
    return this.browser.close();
  }

  async logIn(added: Added, options: Options = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1180, height: 760 }, locale: 'en-GB', ...options });
    context.setDefaultTimeout(20_000);
    this.#contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) this.complaints.push(message.text());
    });
    await page.goto(this.server.origin);
    await page.getByLabel('Device token').fill(added.token);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
    return page;
  }

  /** After each test. Gives what the pages complained about. */
  async end(failed: boolean): Promise<readonly string[]> {
    const pages = this.#contexts.flatMap((context) => context.pages());
    if (failed) await Promise.all(pages.map((page, i) => page.screenshot({ path: join(outputFolder, `failed-${i}.png`) }).catch(() => {})));
    await Promise.all(this.#contexts.map((context) => context.close()));
    this.#contexts = [];
    const complaints = this.complaints;
    this.complaints = [];
    return complaints;
  }
}

export async function openChat(page: Page, phone: string): Promise<void> {
  await page.getByRole('button', { name: 'New chat' }).click();
  await page.getByLabel('Phone number').fill(phone);
  await page.getByRole('button', { name: 'Start chat' }).click();
  await box(page).waitFor();
}
export async function openFromList(page: Page, name: string): Promise<void> {
  await page.getByRole('list', { name: 'Chat list' }).getByRole('button', { name }).click();
  await accept(page);
}
/** The chat that was opened; a stranger's is accepted first. */
export async function accept(page: Page): Promise<void> {
  const offer = page.getByRole('region', { name: 'Message request' }).getByRole('button', { name: 'Accept' });
  await box(page).or(offer).first().waitFor();
  if (await offer.isVisible()) await offer.click();
  await box(page).waitFor();
}
export const box = (page: Page): Locator => page.getByRole('textbox', { name: 'Message', exact: true });
export async function say(page: Page, text: string): Promise<void> {
  await box(page).fill(text);
  await page.keyboard.press('Enter');
}
export const bubbles = (page: Page): Locator => page.getByRole('log').getByRole('listitem');
export const bubble = (page: Page, text: string | RegExp): Locator => bubbles(page).filter({ hasText: text });
export const tick = (page: Page, text: string, name: string): Promise<void> => bubble(page, text).getByRole('img', { name, exact: true }).waitFor();
export const shot = (page: Page, name: string): Promise<Buffer> => page.screenshot({ path: join(outputFolder, `${name}.png`), animations: 'disabled' });
