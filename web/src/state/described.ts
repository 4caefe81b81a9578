// What was said, in words: for lists, quotes, copying, and whoever cannot see.
import type { MediaFile, MediaKind, Said } from '../client/content';

const kMediaSigns: Readonly<Record<MediaKind, string>> = { image: '📷', video: '🎬', audio: '🎵', voice: '🎤', document: '📄', sticker: '🏷️' };

/** What a file is called when nothing is written to it; in the language of the app. */
export type MediaNames = Readonly<Record<MediaKind, string>>;
const kNoNames: MediaNames = { image: '', video: '', audio: '', voice: '', document: '', sticker: '' };

export function described(said: Said, names: MediaNames = kNoNames): string {
  switch (said.kind) {
    case 'text':
      return said.text;
    case 'media':
      return ofMedia(said.media, names);
    case 'location':
      return joined('📍', said.spot.name, said.spot.address, coordinates(said.spot));
    case 'contacts':
      return joined('👤', ...said.cards.map((card) => card.name));
    case 'interactive': {
      const { header, body, footer, offer } = said.interactive;
      const choices =
        offer.kind === 'buttons'
          ? offer.buttons.map((button) => button.title)
          : offer.kind === 'choices'
            ? offer.sections.flatMap((section) => section.rows.map((row) => row.title))
            : offer.kind === 'link'
              ? [`${offer.text}: ${offer.url}`]
              : [];
      return [header, body, footer, ...choices.map((choice) => `• ${choice}`)].filter((line) => line !== '').join('\n');
    }
    case 'choice':
      return said.option.title || said.option.id;
    case 'reaction':
      return said.emoji;
  }
}

/** Of an offer the question, not all its answers. */
export function brief(said: Said, names: MediaNames = kNoNames): string {
  return said.kind === 'interactive' ? said.interactive.body || said.interactive.header : described(said, names);
}

/** Five digits: a metre. */
export const coordinates = (spot: { readonly latitude: number; readonly longitude: number }): string => `${spot.latitude.toFixed(5)}, ${spot.longitude.toFixed(5)}`;

// A name tells nothing of a photo.
function ofMedia(media: MediaFile, names: MediaNames): string {
  const named = media.kind === 'document' || media.kind === 'audio' ? media.name : '';
  const parts = [named, media.caption].filter((part) => part !== '');
  return joined(kMediaSigns[media.kind], ...(parts.length > 0 ? parts : [names[media.kind]]));
}

const joined = (sign: string, ...parts: readonly string[]): string => [sign, parts.filter((part) => part !== '').join(' · ')].join(' ').trim();
