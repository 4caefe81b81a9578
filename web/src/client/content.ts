// What a person or a program can say, as plain values: the other face of `Content` in proto/events.proto. Views and
// storage know these; the wire's classes stay here.
import { create } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { ContentSchema, MediaKind as WireKind } from '../gen/events_pb';
import type { Content, ContactCard as WireCard, Interactive as WireInteractive, Media as WireMedia } from '../gen/events_pb';

export type MediaKind = 'image' | 'video' | 'audio' | 'voice' | 'document' | 'sticker';

export interface MediaFile {
  readonly id: string; // empty: the file waits here to be uploaded
  readonly kind: MediaKind;
  readonly mimeType: string;
  readonly size: number; // bytes
  readonly name: string;
  readonly caption: string;
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
  readonly thumbnail: Uint8Array; // a small JPEG, or nothing
  readonly waveform: Uint8Array; // 0 to 100 each
  readonly animated?: boolean; // a sticker or picture that moves
}
export interface Spot {
  readonly latitude: number;
  readonly longitude: number;
  readonly name: string;
  readonly address: string;
}
export interface CardPhone {
  readonly phone: string;
  readonly type: string;
  readonly waId: string; // digits, if somebody here has this phone
}
export interface Card {
  readonly name: string;
  readonly phones: readonly CardPhone[];
  readonly details: readonly string[]; // mail addresses, places, company: one a line
}
export interface Option {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}
export type Offer =
  | { readonly kind: 'buttons'; readonly buttons: readonly Option[] }
  | { readonly kind: 'choices'; readonly button: string; readonly sections: readonly { readonly title: string; readonly rows: readonly Option[] }[] }
  | { readonly kind: 'link'; readonly text: string; readonly url: string }
  | { readonly kind: 'location_request' }
  | { readonly kind: 'unknown' };
export interface Interactive {
  readonly header: string;
  readonly media: MediaFile | undefined;
  readonly body: string;
  readonly footer: string;
  readonly offer: Offer;
}

export type Said =
  | { readonly kind: 'text'; readonly text: string; readonly colour?: number } // of a status: what it stands on, 0xRRGGBB
  | { readonly kind: 'media'; readonly media: MediaFile }
  | { readonly kind: 'location'; readonly spot: Spot }
  | { readonly kind: 'contacts'; readonly cards: readonly Card[] }
  | { readonly kind: 'interactive'; readonly interactive: Interactive }
  | { readonly kind: 'choice'; readonly option: Option }
  | { readonly kind: 'reaction'; readonly emoji: string };

/** What this app can say. Programs offer; people do not. */
export type Sayable = Exclude<Said, { kind: 'interactive' }>;

const kKinds: readonly (readonly [MediaKind, WireKind])[] = [
  ['image', WireKind.image],
  ['video', WireKind.video],
  ['audio', WireKind.audio],
  ['voice', WireKind.voice],
  ['document', WireKind.document],
  ['sticker', WireKind.sticker],
];

/** Undefined for a kind that this app does not know. */
export function saidIn(content: Content | undefined): Said | undefined {
  const kind = content?.kind;
  switch (kind?.case) {
    case 'text':
      return { kind: 'text', text: kind.value.text, ...(kind.value.colour !== 0 && { colour: kind.value.colour & 0xffffff }) };
    case 'media':
      return { kind: 'media', media: mediaOf(kind.value) };
    case 'location': {
      const { latitude, longitude, name, address } = kind.value;
      return { kind: 'location', spot: { latitude, longitude, name, address } };
    }
    case 'contacts':
      return { kind: 'contacts', cards: kind.value.cards.map(cardOf) };
    case 'interactive':
      return { kind: 'interactive', interactive: interactiveOf(kind.value) };
    case 'interactiveReply': {
      const { id, title, description } = kind.value;
      return { kind: 'choice', option: { id, title, description } };
    }
    case 'reaction':
      return { kind: 'reaction', emoji: kind.value.emoji };
    case undefined:
      return undefined;
  }
}

function mediaOf(media: WireMedia): MediaFile {
  const { id, mimeType, name, caption, width, height, durationMs, thumbnail, waveform, animated } = media;
  // A kind from a newer app is at least a file.
  const kind = kKinds.find(([, wire]) => wire === media.kind)?.[0] ?? 'document';
  return { id, kind, mimeType, size: Number(media.size), name, caption, width, height, durationMs, thumbnail, waveform, ...(animated && { animated }) };
}

function cardOf(card: WireCard): Card {
  const places = card.addresses.map((at) => [at.street, at.city, at.state, at.zip, at.country].filter((part) => part !== '').join(', '));
  const work = [card.org?.title, card.org?.department, card.org?.company].filter((part) => part !== undefined && part !== '').join(', ');
  return {
    name: card.name?.formattedName ?? '',
    phones: card.phones.map(({ phone, type, waId }) => ({ phone, type, waId })),
    details: [work, ...card.emails.map(({ email }) => email), ...card.urls.map(({ url }) => url), ...places, card.birthday].filter((line) => line !== ''),
  };
}

function interactiveOf({ header, headerMedia, body, footer, action }: WireInteractive): Interactive {
  return { header, media: headerMedia && mediaOf(headerMedia), body, footer, offer: offerOf(action) };
}

function offerOf(action: WireInteractive['action']): Offer {
  switch (action.case) {
    case 'buttons':
      return { kind: 'buttons', buttons: action.value.buttons.map(({ id, title }) => ({ id, title, description: '' })) };
    case 'choices': {
      const sections = action.value.sections.map(({ title, rows }) => ({ title, rows: rows.map((row) => ({ id: row.id, title: row.title, description: row.description })) }));
      return { kind: 'choices', button: action.value.button, sections };
    }
    case 'link':
      return { kind: 'link', text: action.value.text, url: action.value.url };
    case 'locationRequest':
      return { kind: 'location_request' };
    case undefined:
      return { kind: 'unknown' };
  }
}

/** For sending. `forwarded`: how often it was passed on, this time included; 0: it is one's own. */
export function contentOf(said: Sayable, forwarded = 0): Content {
  return create(ContentSchema, { kind: wireKind(said), forwarded });
}

function wireKind(said: Sayable): NonNullable<MessageInitShape<typeof ContentSchema>['kind']> {
  switch (said.kind) {
    case 'text':
      return { case: 'text', value: { text: said.text, colour: said.colour ?? 0 } };
    case 'media': {
      const { media } = said;
      return { case: 'media', value: { ...media, size: BigInt(media.size), kind: kKinds.find(([kind]) => kind === media.kind)?.[1] ?? WireKind.document } };
    }
    case 'location':
      return { case: 'location', value: { ...said.spot } };
    case 'contacts':
      return {
        case: 'contacts',
        value: { cards: said.cards.map(({ name, phones }) => ({ name: { formattedName: name }, phones: phones.map((phone) => ({ ...phone })) })) },
      };
    case 'choice':
      return { case: 'interactiveReply', value: { ...said.option } };
    case 'reaction':
      return { case: 'reaction', value: { emoji: said.emoji } };
  }
}
