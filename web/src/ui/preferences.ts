// How the app looks and speaks on this device. Kept in the browser, never sent.
import { chosenOf, kLanguages } from './text/language';
import type { Language } from './text/language';

export const kAppearances = ['light', 'dark', 'contrast'] as const;
export const kTextSizes = ['small', 'normal', 'large', 'larger', 'largest'] as const;
/** As in tokens.css. */
export const kTextShares: Readonly<Record<TextSize, number>> = { small: 0.9, normal: 1, large: 1.25, larger: 1.5, largest: 2 };
export const kNotify = ['off', 'who', 'words'] as const; // nothing, who wrote, or also what
export type Notify = (typeof kNotify)[number];
export type Appearance = (typeof kAppearances)[number];
export type TextSize = (typeof kTextSizes)[number];

export interface Preferences {
  readonly language: Language | undefined; // undefined: as the system has it
  readonly appearance: Appearance | undefined;
  readonly textSize: TextSize;
  readonly notify: Notify;
}
export const kUnchanged: Preferences = { language: undefined, appearance: undefined, textSize: 'normal', notify: 'off' };

/** What was kept; anything in it that this version does not know counts as not chosen. */
export function parsed(kept: string | null): Preferences {
  const { language, appearance, textSize, notify } = objectIn(kept);
  return {
    language: oneOf(kLanguages, language),
    appearance: oneOf(kAppearances, appearance),
    textSize: oneOf(kTextSizes, textSize) ?? kUnchanged.textSize,
    notify: oneOf(kNotify, notify) ?? kUnchanged.notify,
  };
}

export const languageOf = ({ language }: Preferences, wanted: readonly string[]): Language => language ?? chosenOf(wanted);

/** The page takes on its looks. */
export function wear({ appearance, textSize }: Preferences, page: Document): void {
  const { dataset } = page.documentElement;
  if (appearance === undefined) delete dataset['appearance'];
  else dataset['appearance'] = appearance;
  if (textSize === 'normal') delete dataset['text'];
  else dataset['text'] = textSize;
}

function objectIn(kept: string | null): { readonly [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(kept ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

const oneOf = <T extends string>(all: readonly T[], value: unknown): T | undefined => all.find((one) => one === value);
