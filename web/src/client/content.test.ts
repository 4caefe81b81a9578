import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { ContentSchema } from '../gen/events_pb';
import { contentOf, saidIn } from './content';
import type { Sayable } from './content';

const over = (said: Sayable) => saidIn(fromBinary(ContentSchema, toBinary(ContentSchema, contentOf(said))));

describe('what is said', () => {
  it('is the same after the wire', () => {
    const media = { id: '7', kind: 'voice', mimeType: 'audio/ogg', size: 9, name: 'v', caption: '', width: 0, height: 0, durationMs: 1200, thumbnail: new Uint8Array(), waveform: Uint8Array.of(1, 99) } as const;
    const all: readonly Sayable[] = [
      { kind: 'text', text: 'hi' },
      { kind: 'media', media },
      { kind: 'location', spot: { latitude: 48.2, longitude: 16.4, name: 'Café', address: 'Ring 1' } },
      { kind: 'contacts', cards: [{ name: 'Cy', phones: [{ phone: '+1 5', type: 'CELL', waId: '15' }], details: [] }] },
      { kind: 'choice', option: { id: 'a', title: 'A', description: 'b' } },
      { kind: 'reaction', emoji: '👍' },
    ];
    for (const said of all) expect(over(said)).toEqual(said);
  });

  it('offers what a program offers', () => {
    const offered = create(ContentSchema, {
      kind: { case: 'interactive', value: { body: 'Lunch?', action: { case: 'choices', value: { button: 'Menu', sections: [{ title: 'Hot', rows: [{ id: 's', title: 'Soup', description: 'of the day' }] }] } } } },
    });
    expect(saidIn(offered)).toMatchObject({ interactive: { body: 'Lunch?', offer: { kind: 'choices', button: 'Menu', sections: [{ title: 'Hot', rows: [{ id: 's' }] }] } } });
  });

  it('is a document when its kind of media is not known, and nothing when its kind of content is not', () => {
    expect(saidIn(create(ContentSchema, { kind: { case: 'media', value: { id: '1', kind: 99 as never } } }))).toMatchObject({ media: { kind: 'document' } });
    expect(saidIn(create(ContentSchema, {}))).toBeUndefined();
    expect(saidIn(undefined)).toBeUndefined();
  });
});
