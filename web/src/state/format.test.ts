import { describe, expect, it } from 'vitest';
import { blocksOf, hrefOf, inlineOf, isOnlySigns, unformed } from './format';
import type { Block, Inline } from './format';

const kSigns = { bold: 'b', italic: 'i', struck: 's' } as const;
const inline = (parts: readonly Inline[]): string =>
  parts.map((part) => (part.kind === 'text' ? part.text : part.kind === 'code' ? `<c>${part.text}</c>` : part.kind === 'link' ? `<a ${part.href}>${part.text}</a>` : `<${kSigns[part.kind]}>${inline(part.parts)}</${kSigns[part.kind]}>`)).join('');
const shown = (text: string) => inline(inlineOf(text));
const block = (each: Block): string => (each.kind === 'code' ? `code(${each.text})` : 'parts' in each ? `${each.kind}(${inline(each.parts)})` : `${each.kind}(${each.items.map(inline).join('|')})`);

describe('the form of a text', () => {
  it.each([
    ['*bold* and _italic_ and ~gone~', '<b>bold</b> and <i>italic</i> and <s>gone</s>'],
    ['*_both_*', '<b><i>both</i></b>'],
    ['`*not* bold`', '<c>*not* bold</c>'],
    ['2*3*4 and snake_case_name', '2*3*4 and snake_case_name'],
    ['* not this* and *nor this *', '* not this* and *nor this *'],
    ['*never closed', '*never closed'],
    ['*one\ntwo*', '*one\ntwo*'],
    ['(*yes*), *yes*!', '(<b>yes</b>), <b>yes</b>!'],
    ['** __ ~~ ``', '** __ ~~ ``'],
  ])('%j', (text, expected) => expect(shown(text)).toBe(expected));

  it('knows lists, quotes and blocks of code', () => {
    expect(blocksOf('Bring:\n- tea\n- *oars*\n\n1. first\n2. second\n> said before\nbye').map(block)).toEqual(['lines(Bring:)', 'bullets(tea|<b>oars</b>)', 'lines()', 'numbers(first|second)', 'quote(said before)', 'lines(bye)']);
    expect(blocksOf('look:\n```\nif (*x*)\n  y\n```\ndone').map(block)).toEqual(['lines(look:)', 'code(if (*x*)\n  y)', 'lines(done)']);
    expect(blocksOf('7. a\n8. b\n3. c').map((each) => each.kind === 'numbers' && each.from)).toEqual([7, 3]);
    expect(blocksOf('-not a list\n>nor this').map(block)).toEqual(['lines(-not a list\n>nor this)']);
    expect(unformed('*Bring*:\n- tea\n- `oars`')).toBe('Bring: tea oars');
  });

  it('makes links of addresses, without the sentence around them', () => {
    expect(shown('See https://example.org/a_b_c?x=1#y.')).toBe('See <a https://example.org/a_b_c?x=1#y>https://example.org/a_b_c?x=1#y</a>.');
    expect(shown('(www.example.org/wiki/Oar_(sport))')).toBe('(<a https://www.example.org/wiki/Oar_(sport)>www.example.org/wiki/Oar_(sport)</a>)');
    expect(shown('*https://example.org*')).toBe('<b><a https://example.org/>https://example.org</a></b>');
    expect(shown('write to ana.lima@example.org, please')).toBe('write to <a mailto:ana.lima@example.org>ana.lima@example.org</a>, please');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'https://bank.example@evil.example/', 'http://localhost/', 'https://', 'homing://x', 'vbscript:x'])('opens no %j', (address) => {
    expect(inlineOf(`a ${address} b`).filter((part) => part.kind === 'link')).toEqual([]);
  });

  it('ends an address before letters that hide or turn what follows', () => {
    expect(shown('https://example.org/\u202Egpj.exe')).toBe('<a https://example.org/>https://example.org/</a>\u202Egpj.exe');
    expect(shown('https://exa\u200Bmple.org')).not.toContain('example.org');
    expect(hrefOf('https://аррӏе.example')).toMatch(/^https:\/\/xn--/); // what it really is
  });

  it('takes its time with nothing (64 KiB of marks)', () => {
    for (const text of ['*'.repeat(65_536), '*a '.repeat(6_000), '_*~'.repeat(6_000), '`'.repeat(19_000), '> '.repeat(9_000), 'a@'.repeat(9_000), 'www.'.repeat(4_000), '*a* '.repeat(4_000)]) {
      const before = performance.now();
      blocksOf(text);
      expect(performance.now() - before, text.slice(0, 6)).toBeLessThan(500);
    }
  });

  it('knows a message of signs alone', () => {
    expect(['👍', '❤️ 😂', '👩‍🚀', '🇩🇪', '👍🏽👍🏽👍🏽'].map(isOnlySigns)).toEqual([true, true, true, true, true]);
    expect(['a👍', '7', '👍👍👍👍', '', '#'].map(isOnlySigns)).toEqual([false, false, false, false, false]);
  });
});
