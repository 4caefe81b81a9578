// What is not a text, said in words: for previews, and until a view of its own shows it.
import type { Content, Media } from '../gen/events_pb';
import { MediaKind } from '../gen/events_pb';

const kMediaSigns: Readonly<Record<MediaKind, string>> = {
  [MediaKind.image]: '📷',
  [MediaKind.video]: '🎬',
  [MediaKind.audio]: '🎵',
  [MediaKind.voice]: '🎤',
  [MediaKind.document]: '📄',
  [MediaKind.sticker]: '🏷️',
};

/** Undefined for a kind that this app does not know. */
export function described(content: Content | undefined): string | undefined {
  const kind = content?.kind;
  switch (kind?.case) {
    case 'text':
      return kind.value.text;
    case 'media':
      return ofMedia(kind.value);
    case 'location':
      return joined('📍', kind.value.name, kind.value.address, `${kind.value.latitude.toFixed(5)}, ${kind.value.longitude.toFixed(5)}`);
    case 'contacts':
      return joined('👤', ...kind.value.cards.map((card) => card.name?.formattedName ?? ''));
    case 'interactive': {
      const { header, body, footer, action } = kind.value;
      const choices =
        action.case === 'buttons'
          ? action.value.buttons.map((button) => button.title)
          : action.case === 'choices'
            ? action.value.sections.flatMap((section) => section.rows.map((row) => row.title))
            : action.case === 'link'
              ? [`${action.value.text}: ${action.value.url}`]
              : [];
      return [header, body, footer, ...choices.map((choice) => `• ${choice}`)].filter((line) => line !== '').join('\n');
    }
    case 'interactiveReply':
      return kind.value.title || kind.value.id;
    case 'reaction':
      return kind.value.emoji;
    case undefined:
      return undefined;
  }
}

const ofMedia = (media: Media): string => joined(kMediaSigns[media.kind] ?? '📎', media.name, media.caption);

const joined = (sign: string, ...parts: readonly string[]): string => [sign, parts.filter((part) => part !== '').join(' · ')].join(' ').trim();
