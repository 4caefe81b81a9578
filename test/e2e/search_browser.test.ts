// Finding chats, people and messages on this device, and going there.
import { accountId } from '../../web/src/client/ids';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bubble, openChat, openFromList, Pages, say, shot, tick } from './pages';
import { Device } from './person';
import { Server } from './server';

let server: Server;
let pages: Pages;
beforeAll(async () => {
  server = await Server.start('search-browser');
  pages = await Pages.open(server);
});
afterAll(async () => {
  await pages?.close();
  await server?.close();
});
afterEach(async ({ task }) => expect(await pages.end(task.result?.state === 'fail')).toEqual([]));

describe('search', () => {
  it('finds chats, people and what was said, and goes to the message, far up as it may be', async () => {
    const [ana, ben, cy, mira] = [await server.add('Ana Lima'), await server.add('Ben Okafor'), await server.add('Cy Novak'), await server.add('Mira Sátor')];
    const page = await pages.logIn(ana);
    const [b, m] = [await new Device(server, ben).online(), await new Device(server, mira).online()];
    const to = accountId(BigInt(ana.account_id));
    await b.say(m, 'not for Ana');
    await b.say(to, 'The key lies under the THIRD oar');
    for (let i = 0; i < 140; i++) await b.say(to, `word ${i};`);
    await m.say(to, 'third time lucky');
    await openChat(page, cy.phone); // known, nothing said
    const search = page.getByRole('searchbox', { name: 'Search' });

    await page.keyboard.press('Control+K');
    await page.keyboard.type('third');
    const messages = page.getByRole('region', { name: 'Messages' });
    await expect.poll(() => messages.getByRole('button').allInnerTexts(), { timeout: 10_000 }).toEqual([expect.stringContaining('third time lucky'), expect.stringContaining('under the THIRD oar')]);
    await shot(page, 'search');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await bubble(page, 'under the THIRD oar').waitFor();
    await expect.poll(() => bubble(page, 'under the THIRD oar').evaluate((line) => { const { top, bottom } = line.getBoundingClientRect(); return top > 0 && bottom < innerHeight; })).toBe(true);
    expect(page.url()).not.toMatch(/\/\d+\/\d+$/);

    await search.fill('sator');
    await page.getByRole('region', { name: 'Chats' }).getByRole('button', { name: 'Mira Sátor' }).waitFor();
    await search.fill('novak');
    await page.getByRole('region', { name: 'People' }).getByRole('button', { name: 'Cy Novak' }).click();
    await page.getByRole('heading', { name: 'Cy Novak' }).waitFor();
    await say(page, 'Hello Cy');
    await tick(page, 'Hello Cy', 'sent');
    await search.fill('no such thing');
    await page.getByText('Nothing on this device has “no such thing”.').waitFor();
    await search.press('Escape');
    await openFromList(page, 'Ben Okafor');
    await bubble(page, 'word 0;').waitFor(); // where one stopped reading
    b.close();
    m.close();
  });
});
