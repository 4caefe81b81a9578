// Files, places, people, offers of programs, reactions and replies, in two browsers.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { document, sha256 } from './files';
import type { Page } from 'playwright-core';
import { box, bubble, bubbles, openChat, openFromList, Pages, say, shot, tick } from './pages';
import { scenery } from './scenery';
import { outputFolder, Server } from './server';
import type { Added } from './server';

interface Bot {
  readonly phone: string;
  readonly phone_number_id: string;
  readonly token: string;
}

let server: Server;
let pages: Pages;
let bot: Bot;
const lake = (): string => {
  const path = join(outputFolder, 'lake.png');
  if (!existsSync(path)) writeFileSync(path, scenery(1200, 800));
  return path;
};

beforeAll(async () => {
  server = await Server.start('media-browser');
  pages = await Pages.open(server);
  bot = JSON.parse(await server.cli('bot', 'add', '--phone', '+15551239000', '--name', 'Boathouse bookings')) as Bot;
});
afterAll(async () => {
  await pages?.close();
  await server?.close();
});
beforeEach(async () => {
  if (server.pid === undefined) await server.start(); // a failed test may have left it killed
});
afterEach(async ({ task }) => {
  expect(await pages.end(task.result?.state === 'fail')).toEqual([]);
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
async function upload(who: Added, bytes: Buffer, type: string, name: string): Promise<string> {
  const answer = await fetch(`${server.origin}/v1/media?name=${encodeURIComponent(name)}`, { method: 'POST', headers: { ...bearer(who.token), 'content-type': type }, body: bytes as BodyInit });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}
/** As a program of this person. */
async function post(who: Added, to: Added, message: object): Promise<void> {
  const answer = await fetch(`${server.origin}/v1/messages`, { method: 'POST', headers: { ...bearer(who.token), 'content-type': 'application/json' }, body: JSON.stringify({ sender_id: who.account_id, receiver_id: to.account_id, ...message }) });
  expect(answer.status, await answer.clone().text()).toBe(201);
}
async function botSays(to: Added, message: object): Promise<void> {
  const answer = await fetch(`${server.origin}/v23.0/${bot.phone_number_id}/messages`, { method: 'POST', headers: { ...bearer(bot.token), 'content-type': 'application/json' }, body: JSON.stringify({ messaging_product: 'whatsapp', to: to.phone, ...message }) });
  expect(answer.status, await answer.clone().text()).toBe(200);
}
const offer = {
  type: 'interactive',
  interactive: { type: 'button', header: { type: 'text', text: 'Saturday, 7:00' }, body: { text: 'Boat 4 is free. Shall I keep it for you?' }, footer: { text: 'You can change this until Friday.' }, action: { buttons: [{ type: 'reply', reply: { id: 'yes', title: 'Yes, please' } }, { type: 'reply', reply: { id: 'no', title: 'Not this time' } }] } },
};

/** Chooses files with the attach menu; the preview is open afterwards. */
async function attach(page: Page, what: 'Photos and videos' | 'Document', ...paths: readonly string[]): Promise<void> {
  await page.getByRole('button', { name: 'Attach' }).click();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('dialog', { name: 'Attach' }).getByRole('button', { name: what }).click()]);
  await chooser.setFiles([...paths]);
  await page.getByRole('textbox', { name: 'Caption' }).waitFor();
}
const send = (page: Page) => page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click();

describe('somebody sees', () => {
  it('photos, files, places, people and voices', async () => {
    const [ana, ben, cy] = [await server.add('Ana Lima'), await server.add('Ben Okafor'), await server.add('Cy Novak')];
    const a = await pages.logIn(ana);
    await post(ben, ana, { type: 'image', text: 'The lake this morning. Mirror flat!', media_object: await upload(ben, scenery(1200, 800), 'image/png', 'lake.png') });
    await post(ben, ana, { type: 'image', media_object: await upload(ben, scenery(600, 900, 1), 'image/png', 'tall.png') });
    await post(ben, ana, { type: 'document', media_object: await upload(ben, Buffer.from('<!doctype html><script>alert(1)</script>'), 'text/html', 'plan\u202efdp.html') });
    await post(ben, ana, { type: 'location', location: { latitude: 46.22718, longitude: 14.09187, name: 'Boathouse', address: 'Lakeside road 12' } });
    await post(ben, ana, { type: 'contact', contacts: [{ name: { formatted_name: 'Cy Novak' }, phones: [{ phone: cy.phone, type: 'CELL', wa_id: cy.phone.slice(1) }] }] });
    await openFromList(a, 'Ben Okafor');
    const log = a.getByRole('log');
    await log.getByText('Mirror flat!').waitFor();
    await log.getByRole('button', { name: 'Message +1555' }).scrollIntoViewIfNeeded();
    await shot(a, 'media-cards');

    const file = log.getByText('planfdp.html', { exact: true });
    await file.waitFor();
    const [saved] = await Promise.all([a.waitForEvent('download'), log.getByRole('button', { name: 'Save planfdp.html' }).click()]);
    expect(saved.suggestedFilename()).toBe('planfdp.html');
    expect(readFileSync(await saved.path(), 'utf8')).toContain('alert(1)');
    expect(a.context().pages()).toHaveLength(1); // nothing was opened
    expect(await log.getByRole('link', { name: 'Open in maps' }).getAttribute('href')).toBe('geo:46.227180,14.091870?q=46.227180,14.091870');

    await log.getByRole('button', { name: 'Open photo' }).first().click();
    const viewer = a.getByRole('dialog', { name: 'Photos and videos' });
    await viewer.locator('img[data-whole="true"]').waitFor();
    await shot(a, 'media-viewer');
    await a.keyboard.press('ArrowRight');
    await viewer.getByRole('button', { name: 'Earlier one' }).waitFor();
    await a.keyboard.press('Escape');
    await viewer.waitFor({ state: 'detached' });

    await log.getByRole('button', { name: `Message ${cy.phone}` }).click();
    await a.getByRole('heading', { name: 'Cy Novak', level: 2 }).waitFor();
  });
});

describe('somebody sends', () => {
  it('a photo with a caption; the other sees it, opens it, and goes through more of them', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [a, b] = [await pages.logIn(ana), await pages.logIn(ben)];
    await openChat(a, ben.phone);
    await say(a, 'Look what I saw');
    await attach(a, 'Photos and videos', lake(), lake());
    await a.getByRole('textbox', { name: 'Caption' }).fill('From the boathouse');
    await shot(a, 'media-preview');
    await send(a);
    await tick(a, 'From the boathouse', 'delivered');
    await openFromList(b, 'Ana Lima');
    await bubble(b, 'From the boathouse').getByRole('img', { name: 'From the boathouse' }).waitFor();
    await b.getByRole('button', { name: 'Open photo' }).nth(1).click();
    const viewer = b.getByRole('dialog', { name: 'Photos and videos' });
    await viewer.locator('img[data-whole="true"]').waitFor();
    const size = await viewer.locator('img').evaluate((picture) => [(picture as HTMLImageElement).naturalWidth, (picture as HTMLImageElement).naturalHeight]);
    expect(size).toEqual([1200, 800]);
    await b.keyboard.press('ArrowLeft');
    await viewer.getByText('From the boathouse').waitFor();
    await b.keyboard.press('+');
    await b.keyboard.press('Escape');
    await tick(a, 'From the boathouse', 'read');
    await shot(b, 'media-photo');
  });

  it('a document, byte for byte; what is too large is said before', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [a, b] = [await pages.logIn(ana), await pages.logIn(ben)];
    const report = document(3_000_017);
    await openChat(a, ben.phone);
    await attach(a, 'Document', report.path);
    await send(a);
    await tick(a, 'report.txt', 'delivered');
    await openFromList(b, 'Ana Lima');
    const [saved] = await Promise.all([b.waitForEvent('download'), b.getByRole('button', { name: 'Save report.txt' }).click()]);
    expect(sha256(readFileSync(await saved.path()))).toBe(report.sha256);

    const huge = document(104_857_601);
    await attach(a, 'Document', huge.path);
    await a.getByRole('alert').filter({ hasText: '100 MiB' }).waitFor();
    expect(await a.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  });

  it('a file while there is no connection: it is kept over a reload and goes in its place', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [a, b] = [await pages.logIn(ana), await pages.logIn(ben)];
    await openChat(a, ben.phone);
    await say(a, 'first');
    await tick(a, 'first', 'delivered');
    await openFromList(b, 'Ana Lima');
    await a.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await a.reload();
    await bubble(a, 'first').waitFor();

    await server.kill();
    await a.getByRole('status').filter({ hasText: 'No connection' }).waitFor();
    const report = document(1_500_000);
    await attach(a, 'Document', report.path);
    await a.getByRole('textbox', { name: 'Caption' }).fill('second');
    await send(a);
    await say(a, 'third');
    await tick(a, 'second', 'waiting to be sent');
    await a.reload();
    await tick(a, 'second', 'waiting to be sent');
    await shot(a, 'media-waiting');
    await server.start();
    await tick(a, 'third', 'read');
    expect((await bubbles(b).allInnerTexts()).flatMap((text) => text.match(/first|second|third/)?.[0] ?? [])).toEqual(['first', 'second', 'third']);
    const [saved] = await Promise.all([b.waitForEvent('download'), b.getByRole('button', { name: 'Save report.txt' }).click()]);
    expect(sha256(readFileSync(await saved.path()))).toBe(report.sha256);
  });

  it('a large file over kill -9: what has arrived is not sent again', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const a = await pages.logIn(ana);
    const offsets: number[] = [];
    await a.route('**/v1/uploads/*', async (route) => {
      if (route.request().method() === 'PATCH') {
        offsets.push(Number(route.request().headers()['upload-offset']));
        await new Promise((done) => setTimeout(done, 600)); // a slow line
      }
      await route.continue();
    });
    await openChat(a, ben.phone);
    await attach(a, 'Document', document(3_000_000).path);
    await send(a);
    for (const end = Date.now() + 20_000; offsets.length < 4 && Date.now() < end; ) await new Promise((done) => setTimeout(done, 50));
    const before = offsets.length;
    await server.kill();
    await server.start();
    await tick(a, 'report.txt', 'sent');
    expect(offsets.slice(before)[0]).toBeGreaterThan(0);
  });

  it('an upload that they then give up', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const a = await pages.logIn(ana);
    await a.route('**/v1/uploads/*', async (route) => {
      await new Promise((done) => setTimeout(done, 500));
      await route.continue().catch(() => undefined); // the page may have gone
    });
    await openChat(a, ben.phone);
    await attach(a, 'Document', document(8_000_000).path);
    await send(a);
    await say(a, 'after it');
    await a.getByRole('button', { name: 'Cancel the upload' }).click();
    await tick(a, 'after it', 'sent');
    expect(await bubble(a, 'report.txt').count()).toBe(0);
  });

  it('a voice note; the mark goes when it was played', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [a, b] = [await pages.logIn(ana), await pages.logIn(ben)];
    await openChat(a, ben.phone);
    await say(a, 'listen');
    await openFromList(b, 'Ana Lima');
    await a.getByRole('button', { name: 'Record a voice note' }).click();
    await b.getByRole('status').filter({ hasText: 'recording…' }).waitFor();
    await a.getByRole('timer').filter({ hasText: '0:02' }).waitFor();
    await shot(a, 'media-recording');
    await a.getByRole('button', { name: 'Send the recording' }).click();
    const note = bubbles(b).filter({ has: b.getByRole('group', { name: /Voice note 0:0/ }) });
    await note.getByRole('img', { name: 'not played yet' }).waitFor();
    await note.getByRole('button', { name: 'Play' }).click();
    await note.getByRole('button', { name: 'Pause' }).waitFor();
    await note.getByRole('img', { name: 'not played yet' }).waitFor({ state: 'detached' });
    await b.reload();
    await note.getByRole('button', { name: 'Play' }).waitFor();
    expect(await note.getByRole('img', { name: 'not played yet' }).count()).toBe(0);
  });

  it('where they are, and somebody’s card', async () => {
    const [ana, ben, cy] = [await server.add('Ana Lima'), await server.add('Ben Okafor'), await server.add('Cy Novak')];
    const a = await pages.logIn(ana, { permissions: ['geolocation'], geolocation: { latitude: 46.3623, longitude: 14.0947 } });
    const b = await pages.logIn(ben);
    await openChat(a, cy.phone);
    await openChat(a, ben.phone);
    await a.getByRole('button', { name: 'Attach' }).click();
    await a.getByRole('dialog', { name: 'Attach' }).getByRole('button', { name: 'Location' }).click();
    await a.getByLabel('Name of the place').fill('The quay');
    await send(a);
    await tick(a, 'The quay', 'delivered');
    await a.getByRole('button', { name: 'Attach' }).click();
    await a.getByRole('dialog', { name: 'Attach' }).getByRole('button', { name: 'Contact' }).click();
    await a.getByRole('list', { name: 'People you know' }).getByRole('button', { name: 'Cy Novak' }).click();
    await tick(a, 'Cy Novak', 'delivered');
    await openFromList(b, 'Ana Lima');
    await bubble(b, '46.36230, 14.09470').waitFor();
    await bubble(b, 'Cy Novak').getByRole('button', { name: `Message ${cy.phone}` }).click();
    await b.getByRole('heading', { name: 'Cy Novak', level: 2 }).waitFor();
  });
});

describe('somebody answers', () => {
  it('a program, with one tap', async () => {
    const ana = await server.add('Ana Lima');
    const a = await pages.logIn(ana);
    await botSays(ana, offer);
    await openFromList(a, 'Boathouse bookings');
    await a.getByRole('heading', { level: 2 }).getByText('Program').waitFor();
    await a.getByRole('button', { name: 'Yes, please', exact: true }).click();
    await bubbles(a).filter({ hasText: 'Yes, please' }).last().getByRole('img', { name: 'sent', exact: true }).waitFor();
    await a.getByRole('button', { name: 'Yes, please', exact: true, pressed: true }).waitFor();
    expect(await a.getByRole('button', { name: 'Not this time', exact: true }).isDisabled()).toBe(true);

    await botSays(ana, { type: 'interactive', interactive: { type: 'list', body: { text: 'Which boat?' }, action: { button: 'Boats', sections: [{ title: 'For two', rows: [{ id: 'b4', title: 'Boat 4', description: 'Red, new oars' }, { id: 'b7', title: 'Boat 7' }] }] } } });
    await a.getByRole('button', { name: 'Boats' }).click();
    await shot(a, 'media-list');
    await a.getByRole('dialog').getByRole('button', { name: 'Boat 4' }).click();
    await bubbles(a).filter({ hasText: 'Red, new oars' }).getByRole('img', { name: 'sent', exact: true }).waitFor();
    await shot(a, 'media-bot');
  });

  it('with a reaction and with a reply, by keyboard too; the other sees who types', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [a, b] = [await pages.logIn(ana), await pages.logIn(ben)];
    await openChat(a, ben.phone);
    await say(a, 'Seven on Saturday?');
    await openFromList(b, 'Ana Lima');
    await bubble(b, 'Seven on Saturday?').hover();
    await b.getByRole('button', { name: 'What to do with “Seven on Saturday?”' }).click();
    await b.getByRole('button', { name: 'React with 👍' }).click();
    const mark = (page: Page) => bubble(page, 'Seven on Saturday?').getByRole('button', { name: /^👍 1/ });
    await mark(a).waitFor();
    expect(await mark(b).getAttribute('aria-pressed')).toBe('true');
    await mark(b).click();
    await mark(a).waitFor({ state: 'detached' });

    await b.getByRole('button', { name: 'What to do with “Seven on Saturday?”' }).press('Enter');
    await b.getByRole('button', { name: 'Reply', exact: true }).last().press('Enter');
    await b.getByRole('group', { name: 'Reply to Ana Lima' }).waitFor();
    await b.keyboard.press('Escape');
    await b.getByRole('group', { name: 'Reply to Ana Lima' }).waitFor({ state: 'detached' });
    await bubble(b, 'Seven on Saturday?').hover();
    await bubble(b, 'Seven on Saturday?').getByRole('button', { name: 'Reply', exact: true }).click();
    await box(b).pressSequentially('Half past, please', { delay: 5 });
    await a.getByRole('status').filter({ hasText: 'typing…' }).waitFor();
    await b.keyboard.press('Enter');
    await bubble(a, 'Half past, please').getByRole('button', { name: 'In reply to You: Seven on Saturday?' }).click();
    expect(await b.getByRole('group', { name: /Reply to/ }).count()).toBe(0);
    await shot(a, 'media-reply');
  });
});
