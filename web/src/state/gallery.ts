// What of a conversation one looks for later: its photos and films, addresses, and files. Pure.
import type { MediaFile } from '../client/content';
import type { Seq } from '../client/ids';
import { blocksOf } from './format';
import type { Inline } from './format';
import { isHidden, nameOf } from './selectors';
import type { Message, State } from './model';

export interface Found {
  readonly seq: Seq;
  readonly who: string;
  readonly timeMs: number;
}
export interface FoundFile extends Found {
  readonly media: MediaFile;
}
export interface FoundLink extends Found {
  readonly text: string;
  readonly href: string;
}
export interface Gallery {
  readonly media: readonly FoundFile[]; // the newest first, as all of them
  readonly links: readonly FoundLink[];
  readonly documents: readonly FoundFile[];
}

export function galleryOf(state: State, messages: readonly Message[]): Gallery {
  const [media, links, documents]: [FoundFile[], FoundLink[], FoundFile[]] = [[], [], []];
  for (const message of [...messages].reverse()) {
    const { body, seq, author, timeMs } = message;
    if (isHidden(state, message)) continue;
    const found = { seq, who: nameOf(state.people.get(author)), timeMs };
    if (body.kind === 'text') links.push(...linksIn(body.text).map((link) => ({ ...found, ...link })));
    const file = body.kind === 'media' ? body.media : body.kind === 'interactive' ? body.interactive.media : undefined;
    if (file === undefined || file.id === '') continue;
    links.push(...linksIn(file.caption).map((link) => ({ ...found, ...link })));
    if (file.kind === 'image' || file.kind === 'video') media.push({ ...found, media: file });
    else if (file.kind === 'document' || file.kind === 'audio') documents.push({ ...found, media: file });
  }
  return { media, links, documents };
}

function linksIn(text: string): readonly { readonly text: string; readonly href: string }[] {
  const of = (part: Inline): readonly { readonly text: string; readonly href: string }[] => (part.kind === 'link' ? [part] : 'parts' in part ? part.parts.flatMap(of) : []);
  return blocksOf(text).flatMap((block) => ('parts' in block ? block.parts : 'items' in block ? block.items.flat() : []).flatMap(of)).map((link) => ({ text: link.text, href: link.href }));
}
