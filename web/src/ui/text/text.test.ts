// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest';
import { kMediaNames, speak, t } from '.';
import { arabic } from './arabic';
import { english } from './english';
import { german } from './german';
import { chosenOf, localeOf, spokenWith } from './language';
import type { Language, Translation } from './language';
import { spanish } from './spanish';
import { formOf, isolated } from './table';
import type { Text } from './table';

afterEach(() => speak('en'));

const tables: readonly (readonly [Exclude<Language, 'en'>, Translation])[] = [['de', german], ['es', spanish], ['ar', arabic]];
const formsOf = (text: Text): readonly string[] => (typeof text === 'string' ? [text] : Object.values(text));
const holesOf = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe.each(tables)('the table of %s', (language, table) => {
  it('has every text', () => {
    expect(Object.keys(english).filter((key) => !(key in table))).toEqual([]);
  });

  it('fills in what English fills in; only the number may be in words', () => {
    for (const [key, text] of Object.entries(table) as readonly [keyof typeof english, Text][]) {
      const expected = holesOf(formsOf(english[key]).at(-1) ?? '');
      for (const form of formsOf(text)) expect([key, ...holesOf(form), ...(form.includes('{count}') ? [] : expected.filter((hole) => hole === '{count}'))].sort()).toEqual([key, ...expected].sort());
    }
  });

  it('has each plural form that the language makes of whole numbers', () => {
    const { plurals } = spokenWith(language, table, []);
    const needed = new Set([0, 1, 2, 3, 11, 100, 1_000_000].map((count) => plurals.select(count)));
    for (const [key, text] of Object.entries(table) as readonly [string, Text][]) {
      if (typeof text !== 'string') expect([key, ...[...needed].filter((form) => text[form] === undefined)]).toEqual([key]);
    }
  });
});

describe('t', () => {
  it('speaks the language that was chosen, with its numbers and plurals', async () => {
    expect(t('people', { count: 1 })).toBe('1 member');
    await speak('de');
    expect([t('people', { count: 1 }), t('people', { count: 2000 }), kMediaNames.voice]).toEqual(['1 Mitglied', '2.000 Mitglieder', 'Sprachnachricht']);
    expect(document.documentElement.lang).toBe('de');
    await speak('ar');
    expect(document.documentElement.dir).toBe('rtl');
    expect([1, 2, 0].map((count) => t('people', { count }))).toEqual(['عضو واحد', 'عضوان', 'بلا أعضاء']);
  });

  it('says it in English, with English plurals, where the table has nothing', () => {
    const none = spokenWith('ar', {}, []);
    expect(formOf(english.people, 2, none.plurals)).toBe('{count} members');
  });

  it('keeps names written the other way from turning the sentence around', () => {
    expect(t('sys_left', { who: 'Ana' })).toBe('Ana left the group');
    expect(t('sys_left', { who: 'دنا' })).toBe('\u2068دنا\u2069 left the group');
    expect(t('sys_left', { who: 'a\u202eb' })).toBe('\u2068a\u202eb\u2069 left the group');
    expect(isolated('+1555', 'rtl')).toBe('\u2068+1555\u2069');
  });
});

describe('the language of a person', () => {
  it('is the first that the app speaks, in the region that the browser names', () => {
    expect(chosenOf(['fr-FR', 'de-AT', 'en'])).toBe('de');
    expect(chosenOf(['zh'])).toBe('en');
    expect(localeOf('de', ['fr-FR', 'de-AT'])).toBe('de-AT');
    expect(localeOf('ar', ['en'])).toBe('ar');
  });
});
