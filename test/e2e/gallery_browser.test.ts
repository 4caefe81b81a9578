// What one looks for later: the photos, addresses and files of a chat, messages that are passed on, and what the device holds.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { axeCheck } from './axe';
import { bubble, openChat, openFromList, Pages, say, shot, tick } from './pages';
import { Device } from './person';
import { scenery } from './scenery';
import { Server } from './server';

let server: Server;
let pages: Pages;
beforeAll(async () => {
  server = await Server.start('gallery-browser');
  pages = await Pages.open(server);
});
afterAll(async () => {
  await pages?.close();
  await server?.close();
});
afterEach(async ({ task }) => expect(await pages.end(task.result?.state === 'fail')).toEqual([]));

async function sendFile(page: Page, name: string, mimeType: string, buffer: Buffer): Promise<void> {
  const label = mimeType.startsWith('image/') ? 'Photos and videos' : 'Document';
  await page.getByLabel(label).setInputFiles({ name, mimeType, buffer });
  await page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

describe('a chat with much in it', () => {
  it('has its photos, links and documents in one place, each leading back to its message', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const a = await pages.logIn(ana);
    await openChat(a, ben.phone);
    for (const hour of [1, 4, 8]) await sendFile(a, `lake-${hour}.png`, 'image/png', scenery(480, 320, hour));
    await sendFile(a, 'tides.pdf', 'application/pdf', Buffer.from('%PDF-1.4\n%%EOF'));
    await say(a, 'All of it: https://example.org/tides');
    await tick(a, 'All of it', 'sent');
    await a.getByRole('button', { name: 'About Ben Okafor' }).click();
    await a.getByRole('button', { name: 'Media, links and documents' }).click();
    const dialog = a.getByRole('dialog', { name: 'Media, links and documents' });
    const photos = dialog.getByRole('list', { name: 'Media' }).getByRole('button', { name: /^Open photo/ });
    await photos.nth(2).waitFor();
    await shot(a, 'gallery');
    await axeCheck(a, 'gallery');
    await photos.first().click();
    const viewer = a.getByRole('dialog', { name: 'Photos and videos' });
    await viewer.getByRole('img').and(a.locator('[data-whole="true"]')).waitFor();
    await a.keyboard.press('ArrowLeft');
    await viewer.getByRole('button', { name: 'Earlier one' }).waitFor();
    await a.keyboard.press('Escape'); // the viewer alone
    await dialog.getByRole('button', { name: 'Documents' }).click();
    await dialog.getByText('tides.pdf').waitFor();
    await shot(a, 'gallery-documents');
    await axeCheck(a, 'documents');
    await dialog.getByRole('button', { name: 'Links' }).click();
    await dialog.getByRole('link', { name: 'https://example.org/tides' }).waitFor();
    await axeCheck(a, 'links');
    await dialog.getByRole('button', { name: 'Show the message' }).click();
    await dialog.waitFor({ state: 'detached' });
    await bubble(a, 'All of it').waitFor();
  });

  it('passes messages on, with their files, to several chats at once', async () => {
    const [ana, ben, cy] = [await server.add('Ana Lima'), await server.add('Ben Okafor'), await server.add('Cy Novak')];
    const [a, c] = [await pages.logIn(ana, { viewport: { width: 390, height: 780 } }), await new Device(server, cy).online()];
    await c.say(BigInt(ana.account_id) as never, 'Any news?');
    await openFromList(a, 'Cy Novak');
    await say(a, 'Not yet');
    await a.getByRole('button', { name: 'Back to the chats' }).click();
    await openChat(a, ben.phone);
    await say(a, 'Seven at the *boathouse*');
    await sendFile(a, 'lake.png', 'image/png', scenery(300, 200, 3));
    await bubble(a, 'Seven at').getByRole('button', { name: /^What to do with/ }).press('Enter');
    await a.getByRole('dialog').getByRole('button', { name: 'Select' }).click();
    await a.getByRole('checkbox').last().check();
    await a.getByRole('toolbar').getByRole('button', { name: 'Forward' }).click();
    const dialog = a.getByRole('dialog', { name: 'Forward to…' });
    await dialog.getByRole('checkbox', { name: 'Cy Novak' }).check();
    await shot(a, 'forward');
    await axeCheck(a, 'forward');
    await dialog.getByRole('button', { name: 'Forward' }).click();
    await a.getByRole('heading', { name: 'Cy Novak' }).waitFor();
    await bubble(a, 'Seven at the').waitFor();
    await c.has('Seven at the *boathouse*');
    await expect.poll(() => c.delivered.some(({ event }) => event?.body.case === 'plain' && event.body.value.kind.case === 'media')).toBe(true);
    c.close();
  });
});

describe('what the device holds', () => {
  it('is shown by chat and can be cleared; it comes back from the server', async () => {
    const [ana, ben, cy] = [await server.add('Ana Lima'), await server.add('Ben Okafor'), await server.add('Cy Novak')];
    const a = await pages.logIn(ana);
    await openChat(a, ben.phone);
    for (let i = 0; i < 5; i++) await say(a, `word ${i};`);
    await tick(a, 'word 4;', 'sent');
    await openChat(a, cy.phone); // what is looked at would come again at once
    await a.getByRole('button', { name: 'Settings' }).click();
    await a.getByRole('button', { name: 'Storage on this device' }).click();
    const dialog = a.getByRole('dialog', { name: 'Storage on this device' });
    await dialog.getByText('5 messages').waitFor();
    await shot(a, 'storage');
    await axeCheck(a, 'storage');
    await dialog.getByRole('button', { name: 'Clear what this device has of Ben Okafor' }).click();
    await dialog.getByText('No messages are kept').waitFor();
    await a.keyboard.press('Escape');
    await openFromList(a, 'Ben Okafor');
    await bubble(a, 'word 0;').waitFor(); // it is looked at: it comes again
    await a.reload();
    await bubble(a, 'word 4;').waitFor();
    await say(a, 'word 5;');
    await tick(a, 'word 5;', 'sent');
    expect(await a.getByRole('log').getByText(/word \d;/).count()).toBe(6);
  });
});
