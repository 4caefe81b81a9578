// The languages of the app, and which one is spoken now. All but English are loaded when they are asked for.
import type { TextKey } from './english';
import type { Text } from './table';

export const kLanguages = ['en', 'de', 'es', 'ar'] as const;
export type Language = (typeof kLanguages)[number];
export type Translation = { readonly [key in TextKey]?: Text };

/** How each language calls itself. */
export const kLanguageNames: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch', es: 'Español', ar: 'العربية' };

export interface Spoken {
  readonly language: Language;
  readonly locale: string; // with the region that the person's browser names, so that times look as they are used to
  readonly direction: 'ltr' | 'rtl';
  readonly table: Translation;
  readonly plurals: Intl.PluralRules;
  readonly numbers: Intl.NumberFormat;
}

const kTables: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Translation>>> = {
  de: async () => (await import('./german')).german,
  es: async () => (await import('./spanish')).spanish,
  ar: async () => (await import('./arabic')).arabic,
};

const kNone: Translation = {};

/** The first of the person's languages that the app speaks. */
export function chosenOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = kLanguages.find((language) => language === baseOf(tag));
    if (found !== undefined) return found;
  }
  return 'en';
}

export function localeOf(language: Language, wanted: readonly string[]): string {
  return wanted.find((tag) => baseOf(tag) === language) ?? language;
}

export async function load(language: Language, wanted: readonly string[]): Promise<Spoken> {
  return spokenWith(language, language === 'en' ? kNone : await kTables[language](), wanted);
}

export function spokenWith(language: Language, table: Translation, wanted: readonly string[]): Spoken {
  const locale = localeOf(language, wanted);
  return {
    language,
    locale,
    direction: language === 'ar' ? 'rtl' : 'ltr',
    table,
    plurals: new Intl.PluralRules(locale),
    numbers: new Intl.NumberFormat(locale),
  };
}

const baseOf = (tag: string): string | undefined => tag.toLowerCase().split('-')[0];
