// t('key') is the text in the language that is spoken now; a text that its table lacks comes in English.
import { english } from './english';
import type { TextKey } from './english';
import { load, spokenWith } from './language';
import type { Language, Spoken } from './language';
import { formOf, isolated } from './table';
import type { Text, Values } from './table';

export type { TextKey } from './english';

const kEnglishPlurals = new Intl.PluralRules('en');
let spoken: Spoken = spokenWith('en', {}, typeof navigator === 'undefined' ? [] : (navigator.languages ?? []));
const listeners = new Set<() => void>();

export function t(key: TextKey, values: Values = {}): string {
  const translated: Text | undefined = spoken.table[key];
  const text = formOf(translated ?? english[key], values['count'], translated === undefined ? kEnglishPlurals : spoken.plurals);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? spoken.numbers.format(value) : isolated(value, spoken.direction);
  });
}

/** The language in which dates and numbers are written. A new object when the language changed. */
export const speaking = (): Spoken => spoken;

/** From here on in this language. Stays with the one before when the table cannot be loaded. */
export async function speak(language: Language): Promise<void> {
  const next = await load(language, navigator.languages);
  if (next.locale === spoken.locale && next.table === spoken.table) return;
  spoken = next;
  document.documentElement.lang = language;
  document.documentElement.dir = spoken.direction;
  for (const listener of listeners) listener();
}

export function subscribeSpeaking(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What a file is called when nothing is written to it. */
export const kMediaNames = {
  get image() {
    return t('photo');
  },
  get video() {
    return t('video');
  },
  get audio() {
    return t('sound');
  },
  get voice() {
    return t('voice_note');
  },
  get document() {
    return t('document');
  },
  get sticker() {
    return t('sticker');
  },
};
