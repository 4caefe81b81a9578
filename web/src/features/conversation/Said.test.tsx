// @vitest-environment jsdom
// What people and programs say, well-meant and hostile, as it is drawn.
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Interactive, MediaFile, Said } from '../../client/content';
import { ErrorCode, ServerError } from '../../client/errors';
import { seq } from '../../client/ids';
import { speaking } from '../../ui/text';
import { BubbleView } from './Bubble';
import { geoLink, reachable } from './Cards';
import type { Bubble } from './lines';
import { bars } from './Sound';
import { watched } from './testing';
import { frameOf, thumbnailUrl } from '../../media/use_file';
import { Viewer } from '../../media/Viewer';
import { seenIn } from './lines';

afterEach(cleanup);
const none = new Uint8Array();
const media = (more: Partial<MediaFile> = {}): MediaFile => ({ id: '7', kind: 'image', mimeType: 'image/png', size: 5, name: 'a.png', caption: '', width: 0, height: 0, durationMs: 0, thumbnail: none, waveform: none, ...more });
const bubbleOf = (body: Exclude<Said, { kind: 'reaction' }>, more: Partial<Bubble> = {}): Bubble => ({
  kind: 'bubble', key: '4', seq: seq(4n), own: false, body, text: 'words', timeMs: 0, author: 'Ben', sender: undefined, hue: 1n, bot: false, first: true,
  tick: undefined, failed: undefined, uploading: undefined, quote: undefined, reactions: [], chosen: undefined, played: false, starred: false, edited: false, ...more,
});
function draw(line: Bubble, does = watched(), active = true) {
  const [onView, onJump] = [vi.fn(), vi.fn()];
  render(<ol><BubbleView line={line} actions={does} active={active} share={0.5} lit={false} spoken={speaking()} on={{ view: onView, jump: onJump, info: vi.fn(), pick: vi.fn(), forward: vi.fn(), edit: vi.fn(), hide: vi.fn() }} /></ol>);
  return { ...does, onView, onJump };
}
const button = (name: string | RegExp) => screen.getByRole('button', { name });

describe('a photo', () => {
  it('has its place before anything is loaded, within reason, whatever size it claims', () => {
    expect(frameOf({ width: 1200, height: 800 })).toEqual({ width: 340, ratio: 1.5 });
    expect(frameOf({ width: 600, height: 1200 })).toEqual({ width: 240, ratio: 0.6 });
    for (const [width, height] of [[4294967295, 1], [1, 4294967295], [0, 0], [0, 5]] as const) {
      const frame = frameOf({ width, height });
      expect(frame.ratio).toBeGreaterThanOrEqual(0.6);
      expect(frame.ratio).toBeLessThanOrEqual(2.4);
      expect(frame.width).toBeLessThanOrEqual(340);
      expect(frame.width).toBeGreaterThanOrEqual(150);
    }
  });

  it('opens with a press, and is there without a thumbnail too', () => {
    const { onView } = draw(bubbleOf({ kind: 'media', media: media({ caption: 'the lake' }) }));
    expect(screen.queryByRole('img')).toBeNull();
    fireEvent.click(button('Open photo'));
    expect(onView).toHaveBeenCalled();
    expect(screen.getByText('the lake')).toBeTruthy();
  });

  it('has a thumbnail that is never anything but a JPEG', () => {
    draw(bubbleOf({ kind: 'media', media: media({ thumbnail: new TextEncoder().encode('<svg onload=alert(1)>') }) }));
    expect(screen.getByRole('img', { name: 'Photo' }).getAttribute('src')).toMatch(/^data:image\/jpeg;base64,/);
    expect(thumbnailUrl(none)).toBeUndefined();
  });
});

describe('the viewer', () => {
  const lines = ['1', '2', '3'].map((key) => bubbleOf({ kind: 'media', media: media({ id: key, caption: `photo ${key}` }) }, { key }));
  const open = (does = watched()) => {
    const [onGo, onClose] = [vi.fn(), vi.fn()];
    render(<Viewer all={seenIn(lines)} at="2" actions={does} onGo={onGo} onClose={onClose} />);
    return { onGo, onClose, dialog: screen.getByRole('dialog', { hidden: true }) };
  };

  it('goes through photos with the arrows, and ends with Escape', async () => {
    const { onGo, onClose, dialog } = open();
    await waitFor(() => expect(screen.getByRole('img', { hidden: true }).getAttribute('src')).toBe('blob:x'));
    fireEvent.keyDown(dialog, { key: 'ArrowRight' });
    fireEvent.keyDown(dialog, { key: 'ArrowLeft' });
    expect(onGo.mock.calls).toEqual([['3'], ['1']]);
    fireEvent.keyDown(dialog, { key: '+' });
    expect(screen.getByRole('img', { hidden: true }).style.transform).toContain('scale(1.4)');
    fireEvent(dialog, new Event('cancel', { cancelable: true }));
    expect(onClose).toHaveBeenCalled();
  });

  it('says that a file has gone from the server', async () => {
    open(watched({ lease: () => Promise.reject(new ServerError(ErrorCode.media_unknown, '')) }));
    expect((await screen.findByRole('alert', { hidden: true })).textContent).toContain('not on the server any more');
  });

  it('says when the browser cannot show what came', async () => {
    open();
    const picture = await waitFor(() => screen.getByRole('img', { hidden: true }));
    fireEvent.error(picture);
    expect((await screen.findByRole('alert', { hidden: true })).textContent).toContain('cannot show it');
  });

  it('leaves out what waits to be sent and what is no picture', () => {
    expect(seenIn([bubbleOf({ kind: 'media', media: media({ id: '' }) }), bubbleOf({ kind: 'media', media: media({ kind: 'document' }) }), bubbleOf({ kind: 'text', text: 'x' })])).toEqual([]);
  });
});

describe('a document', () => {
  it('is saved under a harmless name, never opened, and says when it has gone', async () => {
    const lease = vi.fn(() => Promise.reject(new ServerError(ErrorCode.media_unknown, '')));
    draw(bubbleOf({ kind: 'media', media: media({ kind: 'document', mimeType: 'text/html', name: 'bill\u202elmth.exe', size: 1e18 }) }), watched({ lease }));
    expect(screen.getByText('billlmth.exe')).toBeTruthy();
    expect(screen.queryByRole('link')).toBeNull();
    fireEvent.click(button('Save billlmth.exe'));
    expect((await screen.findByRole('alert')).textContent).toContain('not on the server any more');
  });

  it('cannot be saved before it is sent, but its upload can be given up', () => {
    const { discard } = draw(bubbleOf({ kind: 'media', media: media({ id: '', kind: 'document' }) }, { own: true, seq: undefined, uploading: 'aa', tick: 'pending' }));
    expect(screen.queryByRole('button', { name: /^Save/ })).toBeNull();
    expect(screen.getByRole('progressbar', { name: 'Uploading, 50 %' })).toBeTruthy();
    fireEvent.click(button('Cancel the upload'));
    expect(discard).toHaveBeenCalledWith('aa');
  });
});

describe('a voice note', () => {
  it('tells that it was not played, its length, and draws whatever waveform it got', () => {
    draw(bubbleOf({ kind: 'media', media: media({ kind: 'voice', durationMs: 83_000, waveform: Uint8Array.of(255, 0, 50) }) }));
    const note = screen.getByRole('group', { name: 'Voice note 1:23' });
    expect(within(note).getByRole('img', { name: 'not played yet' })).toBeTruthy();
    expect(within(note).getByRole('slider', { name: 'Position' })).toBeTruthy();
    expect(bars(Uint8Array.of(255, 0), 4)).toEqual([100, 100, 6, 6]);
    expect(bars(none, 3)).toEqual([8, 8, 8]);
  });
});

describe('a place', () => {
  it('is a link to a program of one’s own, and asks nobody', () => {
    const spot = { latitude: -90, longitude: 180, name: '<b>x</b>', address: '' };
    draw(bubbleOf({ kind: 'location', spot }));
    expect(screen.getByRole('link', { name: 'Open in maps' }).getAttribute('href')).toBe('geo:-90.000000,180.000000?q=-90.000000,180.000000');
    expect(screen.getByText('<b>x</b>')).toBeTruthy();
    expect(document.querySelector('img, iframe')).toBeNull();
    expect(geoLink({ ...spot, latitude: NaN })).toContain('NaN'); // refused by the server; here at least no address of another kind
  });
});

describe('a card', () => {
  it('offers a message to phones that somebody here has, but not to another one than it shows', () => {
    const card = (phone: string, waId: string) => ({ name: 'Cy', phones: [{ phone, type: '', waId }], details: [] });
    expect(reachable(card('+1 (555) 123-0003', '15551230003'))).toEqual(['+15551230003']);
    expect(reachable(card('0555 1230003', '15551230003'))).toEqual(['+15551230003']);
    expect(reachable(card('+1 555 123 0003', '15559999999'))).toEqual([]);
    expect(reachable(card('+1 555 123 0003', ''))).toEqual([]);
    const { message } = draw(bubbleOf({ kind: 'contacts', cards: [card('+1 555 123 0003', '15551230003')] }));
    fireEvent.click(button('Message +15551230003'));
    expect(message).toHaveBeenCalledWith('+15551230003');
  });
});

describe('what a program offers', () => {
  const offering = (offer: Interactive['offer']) => ({ kind: 'interactive', interactive: { header: '', media: undefined, body: 'Lunch?', footer: '', offer } }) as const;
  const [yes, no] = [{ id: 'y', title: 'Yes', description: '' }, { id: 'n', title: 'No', description: '' }];
  const buttons = offering({ kind: 'buttons', buttons: [yes, no] });

  it('is answered by one press', () => {
    const { choose } = draw(bubbleOf(buttons, { bot: true, sender: 'Shop' }));
    expect(screen.getByText('Program')).toBeTruthy();
    fireEvent.click(button('Yes'));
    expect(choose).toHaveBeenCalledWith(4n, yes);
  });

  it('stays answered', () => {
    draw(bubbleOf(buttons, { chosen: 'n' }));
    expect(button('No').getAttribute('aria-pressed')).toBe('true');
    expect([button('Yes'), button('No')].every((each) => (each as HTMLButtonElement).disabled)).toBe(true);
  });

  it('opens a list', () => {
    const { choose } = draw(bubbleOf(offering({ kind: 'choices', button: 'Menu', sections: [{ title: 'Hot', rows: [yes] }] })));
    fireEvent.click(button('Menu'));
    fireEvent.click(screen.getByRole('button', { name: 'Yes', hidden: true }));
    expect(choose).toHaveBeenCalledWith(4n, yes);
  });

  it('leads to web pages only, and says to which', () => {
    draw(bubbleOf(offering({ kind: 'link', text: 'Your bank', url: 'https://evil.example/bank' })));
    expect(screen.getByRole('link', { name: 'Your bank' }).getAttribute('rel')).toBe('noopener noreferrer');
    expect(screen.getByText('evil.example')).toBeTruthy();
    cleanup();
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'no address']) {
      draw(bubbleOf(offering({ kind: 'link', text: 'Go', url })));
      expect(screen.queryByRole('link')).toBeNull();
      cleanup();
    }
  });

  it('may ask for a place, and the refusal of the browser is shown', async () => {
    draw(bubbleOf(offering({ kind: 'location_request' })), watched({ shareLocation: () => Promise.reject(new Error('Allow it')) }));
    fireEvent.click(button('Send my location'));
    expect((await screen.findByRole('alert')).textContent).toBe('Allow it');
  });
});

describe('reactions and replies', () => {
  it('are counted, named, and taken back with a press', () => {
    const { react } = draw(bubbleOf({ kind: 'text', text: 'hi' }, { reactions: [{ emoji: '👍', count: 2, names: 'You, Cy', own: true }] }));
    fireEvent.click(button('👍 2: You, Cy'));
    expect(react).toHaveBeenCalledWith(4n, '');
  });

  it('are reached by keyboard: a menu with arrows, closed by Escape', () => {
    const { react, reply } = draw(bubbleOf({ kind: 'text', text: 'hi' }));
    fireEvent.click(button('What to do with “words”'));
    const menu = screen.getByRole('dialog', { name: 'What to do with “words”' });
    expect(document.activeElement?.getAttribute('aria-label')).toBe('React with 👍');
    fireEvent.keyDown(menu, { key: 'ArrowRight' });
    expect(document.activeElement?.getAttribute('aria-label')).toBe('React with ❤️');
    fireEvent.click(document.activeElement!);
    expect(react).toHaveBeenCalledWith(4n, '❤️');
    fireEvent.click(button('What to do with “words”'));
    fireEvent.keyDown(screen.getByRole('dialog'), { key: 'Escape' });
    expect(screen.queryByRole('dialog')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Reply' }));
    expect(reply).toHaveBeenCalledWith(4n);
  });

  it('show what they answer, and lead there', () => {
    const quote = { seq: seq(2n), who: 'Cy', hue: 3n, text: 'Seven?', thumbnail: undefined };
    const { onJump } = draw(bubbleOf({ kind: 'text', text: 'yes' }, { quote }));
    fireEvent.click(button('In reply to Cy: Seven?'));
    expect(onJump).toHaveBeenCalledWith(quote);
  });

  it('are not offered to who has left', () => {
    draw(bubbleOf({ kind: 'text', text: 'hi' }), watched(), false);
    expect(screen.queryByRole('button', { name: 'Reply' })).toBeNull();
  });

  it('are reached by touch: a swipe replies, holding opens the menu and nothing else', () => {
    vi.useFakeTimers();
    const { reply, onView } = draw(bubbleOf({ kind: 'media', media: media() }));
    const photo = button('Open photo');
    // There are no pointer events here: a mouse event of that name has the same places.
    const touch = (what: string, clientX: number, clientY = 0) => fireEvent(photo, Object.assign(new MouseEvent(`pointer${what}`, { bubbles: true, clientX, clientY }), { pointerType: 'touch' }));
    touch('down', 10);
    touch('move', 40);
    touch('move', 90);
    touch('up', 90);
    expect(reply).toHaveBeenCalledTimes(1);
    touch('down', 10);
    touch('move', 12, 80); // scrolling
    touch('move', 95, 80);
    touch('up', 95, 80);
    expect(reply).toHaveBeenCalledTimes(1);

    touch('down', 10);
    act(() => void vi.advanceTimersByTime(500));
    touch('up', 10);
    fireEvent.click(photo);
    expect(screen.getByRole('dialog', { name: 'What to do with “words”' })).toBeTruthy();
    expect(onView).not.toHaveBeenCalled();
    vi.useRealTimers();
  });
});
