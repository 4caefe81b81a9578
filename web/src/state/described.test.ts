import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { saidIn } from '../client/content';
import { ContentSchema, EventSchema, EnvelopeSchema, MediaKind } from '../gen/events_pb';
import { described } from './described';
import { messageOf } from './from_wire';

const content = (kind: Parameters<typeof create<typeof ContentSchema>>[1]) => saidIn(create(ContentSchema, kind))!;

describe('what is not a text', () => {
  it('is said in words', () => {
    expect(described(content({ kind: { case: 'media', value: { kind: MediaKind.document, name: 'plan.pdf', caption: 'please read' } } }))).toBe('📄 plan.pdf · please read');
    expect(described(content({ kind: { case: 'location', value: { latitude: 48.2, longitude: 16.37, name: 'Café' } } }))).toBe('📍 Café · 48.20000, 16.37000');
    expect(described(content({ kind: { case: 'contacts', value: { cards: [{ name: { formattedName: 'Ann Lee' } }] } } }))).toBe('👤 Ann Lee');
  });

  it('offers choices one a line', () => {
    const choices = [{ id: 'y', title: 'Yes' }, { id: 'n', title: 'No' }];
    expect(described(content({ kind: { case: 'interactive', value: { body: 'Lunch?', action: { case: 'buttons', value: { buttons: choices } } } } }))).toBe('Lunch?\n• Yes\n• No');
  });

  it('reads a reaction with what it is to', () => {
    const event = create(EventSchema, {
      header: { author: 1n, kind: { case: 'reacted', value: { seq: 4n } } },
      body: { case: 'plain', value: { kind: { case: 'reaction', value: { emoji: '👍' } } } },
    });
    expect(messageOf(create(EnvelopeSchema, { conversation: 1n, seq: 5n, event })).body).toEqual({ kind: 'reacted', to: 4n, emoji: '👍' });
  });
});
