// Files, places, people, offers of programs, reactions and replies, in two browsers.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sayable } from '../../web/src/client/content';
import { seq } from '../../web/src/client/ids';
import type { Seq } from '../../web/src/client/ids';
import { document, sha256 } from './files';
import type { Page } from 'playwright-core';
import { box, bubble, bubbles, openChat, openFromList, Pages, say, shot, tick } from './pages';
import { Device } from './person';
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
/** Until the dialog has gone nobody can write behind it. */
async function send(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

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

describe('a conversation with everything in it', () => {
  it('looks right on a desk by day and by night, and on a phone (the pictures are for people)', async () => {
    const names = ['Ana Lima', 'Ben Okafor', 'Cy Novak'];
    const added: Added[] = [];
    for (const name of names) added.push(await server.add(name));
    const [ana, ben, cy] = await Promise.all(added.map((each) => new Device(server, each).online()));
    const nothing = new Uint8Array();
    const file = { id: '', kind: 'image', mimeType: 'image/png', size: 0, name: '', caption: '', width: 0, height: 0, durationMs: 0, thumbnail: nothing, waveform: nothing } as const;
    const team = await ben!.group('Rowing club', ana!, cy!);
    const to = { kind: 'conversation', conversation: team } as const;
    const says = (who: Device, said: Sayable, more: { replyTo?: Seq; reactedTo?: Seq } = {}) => who.client.outbox.enqueueAndWait({ kind: 'send', to, said, ...more });
    await ben!.sayIn(team, 'Boats are back from the workshop. Who is in for Saturday?');
    const answer = await fetch(`${server.origin}/v1/messages`, {
      method: 'POST',
      headers: { ...bearer(ben!.added.token), 'content-type': 'application/json' },
      body: JSON.stringify({ sender_id: ben!.added.account_id, conversation_id: String(team), type: 'image', text: 'This was the lake this morning. Mirror flat, and nobody out there but me and two very surprised ducks.', media_object: await upload(ben!.added, scenery(1200, 800), 'image/png', 'lake.png') }),
    });
    expect(answer.status).toBe(201);
    const photo = seq(BigInt(((await answer.json()) as { message_id: string }).message_id.split('.')[1]!));
    for (const [who, emoji] of [[ana!, '👍'], [cy!, '👍'], [ben!, '❤️']] as const) await says(who, { kind: 'reaction', emoji }, { reactedTo: photo });
    await says(ana!, { kind: 'text', text: 'In. Seven, before the wind gets up.' }, { replyTo: photo });
    const wave = Uint8Array.from({ length: 48 }, (_, i) => Math.round(50 + 45 * Math.sin(i * 0.9) * Math.cos(i * 0.23)));
    const voice = await upload(cy!.added, Buffer.from('a voice'), '', 'voice.webm');
    await says(cy!, { kind: 'media', media: { ...file, id: voice, kind: 'voice', mimeType: 'audio/webm', size: 7, durationMs: 23_000, waveform: wave } });
    const plan = await upload(ana!.added, Buffer.from('%PDF-1.7 plan'), 'application/pdf', 'Training plan spring.pdf');
    await says(ana!, { kind: 'media', media: { ...file, id: plan, kind: 'document', mimeType: 'application/pdf', size: 1_834_220, name: 'Training plan spring.pdf', caption: 'The new plan' } });
    await says(cy!, { kind: 'location', spot: { latitude: 46.36231, longitude: 14.09471, name: 'Boathouse', address: 'Lakeside road 12, Bled' } });

    for (const [name, options] of [
      ['desk', { viewport: { width: 1180, height: 1180 } }],
      ['desk-dark', { viewport: { width: 1180, height: 1180 }, colorScheme: 'dark' }],
      ['phone', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }],
      ['phone-dark', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true, colorScheme: 'dark' }],
    ] as const) {
      const page = await pages.logIn(await server.add('', ana!.added.phone), options);
      await openFromList(page, 'Rowing club');
      await bubble(page, 'Lakeside road 12').waitFor();
      await page.getByRole('button', { name: /^In reply to Ben Okafor/ }).waitFor();
      await page.waitForTimeout(300);
      await shot(page, `media-${name}`);
      expect(await page.evaluate(() => window.document.documentElement.scrollWidth > window.innerWidth)).toBe(false);
      if (name === 'phone') {
        await page.getByRole('button', { name: /^In reply to Ben Okafor/ }).click();
        await page.waitForTimeout(700);
        await shot(page, 'media-phone-photo');
      }
    }
    for (const each of [ana, ben, cy]) each!.close();
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

  it('a large photo and a film by dropping them: the photo arrives smaller and without what the camera wrote, the film plays', async () => {
    const [ana, ben] = [await server.add('Ana Lima'), await server.add('Ben Okafor')];
    const [a, b] = [await pages.logIn(ana), await pages.logIn(ben)];
    await openChat(a, ben.phone);
    await a.evaluate(async () => {
      const page = window.document;
      const canvas = page.createElement('canvas');
      [canvas.width, canvas.height] = [3000, 2000];
      const pen = canvas.getContext('2d')!;
      const sky = pen.createLinearGradient(0, 0, 0, 2000);
      sky.addColorStop(0, '#3550a0');
      sky.addColorStop(1, '#f0b080');
      pen.fillStyle = sky;
      pen.fillRect(0, 0, 3000, 2000);
      const jpeg = new Uint8Array(await (await new Promise<Blob>((done) => canvas.toBlob((blob) => done(blob!), 'image/jpeg'))).arrayBuffer());
      const secret = new TextEncoder().encode('GPS 46.36 14.09'); // a comment, as cameras write more of them
      const photo = new File([jpeg.slice(0, 2), new Uint8Array([0xff, 0xfe, 0, secret.length + 2]), secret, jpeg.slice(2)], 'DSC_1.jpg', { type: 'image/jpeg' });
      [canvas.width, canvas.height] = [320, 240];
      const recorder = new MediaRecorder(canvas.captureStream(15), { mimeType: 'video/webm' });
      const parts: Blob[] = [];
      recorder.ondataavailable = ({ data }) => parts.push(data);
      recorder.start();
      for (let i = 0; i < 20; i++) {
        pen.fillStyle = `hsl(${i * 18} 60% 50%)`;
        pen.fillRect(0, 0, 320, 240);
        await new Promise((done) => setTimeout(done, 50));
      }
      await new Promise<void>((done) => ((recorder.onstop = () => done()), recorder.stop()));
      const carried = new DataTransfer();
      carried.items.add(photo);
      carried.items.add(new File(parts, 'film.webm', { type: 'video/webm' }));
      for (const kind of ['dragenter', 'dragover', 'drop']) window.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, cancelable: true }));
    });
    await a.getByRole('textbox', { name: 'Caption' }).fill('dropped');
    await send(a);
    await tick(a, 'dropped', 'delivered');
    await openFromList(b, 'Ana Lima');
    const fetched = b.waitForResponse((response) => response.url().includes('/v1/media/'));
    await b.getByRole('button', { name: 'Open photo' }).click();
    const bytes = await (await fetched).body();
    expect([bytes.subarray(0, 3).toString('hex'), bytes.includes('GPS')]).toEqual(['ffd8ff', false]);
    const picture = b.locator('img[data-whole="true"]');
    expect(await picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([2560, 1707]);
    await b.keyboard.press('ArrowRight');
    const film = b.locator('dialog video');
    await film.waitFor();
    await film.evaluate((video: HTMLVideoElement) => new Promise<void>((done) => (video.readyState > 1 ? done() : video.addEventListener('loadeddata', () => done()))));
    await b.keyboard.press('Escape');
    await shot(b, 'media-film');
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
    await tick(a, 'third', 'waiting to be sent');
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
    await say(a, 'Hello Cy');
    await tick(a, 'Hello Cy', 'sent');
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
