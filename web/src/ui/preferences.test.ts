// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { kUnchanged, languageOf, parsed, wear } from './preferences';

describe('preferences', () => {
  it('survive being kept', () => {
    const chosen = { language: 'ar', appearance: 'contrast', textSize: 'largest', notify: 'words' } as const;
    expect(parsed(JSON.stringify(chosen))).toEqual(chosen);
  });

  it('that make no sense count as not chosen', () => {
    for (const kept of [null, '', 'nonsense', 'null', '[]', '{"language":"tlh","appearance":7,"textSize":{},"notify":true}']) expect(parsed(kept)).toEqual(kUnchanged);
  });

  it('leave the language to the system until one is chosen', () => {
    expect(languageOf(kUnchanged, ['es-MX'])).toBe('es');
    expect(languageOf({ ...kUnchanged, language: 'de' }, ['es-MX'])).toBe('de');
  });

  it('are worn by the page, and taken off again', () => {
    wear({ ...kUnchanged, appearance: 'dark', textSize: 'large' }, document);
    expect({ ...document.documentElement.dataset }).toEqual({ appearance: 'dark', text: 'large' });
    wear(kUnchanged, document);
    expect({ ...document.documentElement.dataset }).toEqual({});
  });
});
