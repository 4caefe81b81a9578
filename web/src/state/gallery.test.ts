import { describe, expect, it } from 'vitest';
import type { MediaFile } from '../client/content';
import { accountId, conversationId, seq } from '../client/ids';
import { apply } from './apply';
import { galleryOf } from './gallery';
import { kEmpty } from './model';
import type { Message, MessageBody } from './model';

const chat = conversationId(5n);
const none = new Uint8Array();
const says = (n: number, body: MessageBody): Message => ({ conversation: chat, seq: seq(BigInt(n)), author: accountId(2n), timeMs: n, body });
const file = (kind: MediaFile['kind'], more: Partial<MediaFile> = {}): MessageBody => ({ kind: 'media', media: { id: '7', kind, mimeType: '', size: 1, name: 'a', caption: '', width: 0, height: 0, durationMs: 0, thumbnail: none, waveform: none, ...more } });

describe('a gallery', () => {
  const all = [
    says(1, file('image', { caption: 'see *https://example.org/a*' })),
    says(2, { kind: 'text', text: '1. https://example.org/b\n> and javascript:alert(1)' }),
    says(3, file('document')),
    says(4, file('voice')),
    says(5, file('video')),
    says(6, file('image', { id: '' })),
  ];

  it('has photos and films, addresses and files apart, the newest first', () => {
    const { media, links, documents } = galleryOf(kEmpty, all);
    expect(media.map((each) => each.seq)).toEqual([5n, 1n]);
    expect(documents.map((each) => each.seq)).toEqual([3n]);
    expect(links.map(({ href }) => href)).toEqual(['https://example.org/b', 'https://example.org/a']);
  });

  it('has nothing that was deleted here', () => {
    const state = apply(kEmpty, { kind: 'hidden', conversation: chat, seqs: [seq(1n), seq(5n)] });
    expect(galleryOf(state, all).media).toEqual([]);
  });
});

describe('a chat that is cleared', () => {
  it('has nothing here and all of it on the server; what comes next is shown', () => {
    const full = all().reduce(apply, kEmpty);
    const state = [{ kind: 'starred', conversation: chat, seq: seq(2n), sinceMs: 1 } as const, { kind: 'emptied', conversation: chat } as const].reduce(apply, full);
    expect(state.conversations.get(chat)).toMatchObject({ messages: [], held: 0n, onDisk: false, more: true, lastSeq: 2n });
    expect(state.starred.size).toBe(0);
    expect(apply(state, { kind: 'message', message: says(3, { kind: 'text', text: 'next' }) }).conversations.get(chat)).toMatchObject({ held: 3n, more: true });
  });
  const all = () => [1, 2].map((n) => ({ kind: 'message', message: says(n, { kind: 'text', text: 'x' }) }) as const);
});
