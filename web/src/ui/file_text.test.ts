import { describe, expect, it } from 'vitest';
import { ending, fileName, fileSize, playTime } from './file_text';

describe('a name from somebody else', () => {
  it('cannot pretend to be of another kind, nor be a path', () => {
    expect(fileName('invoice\u202egpj.exe')).toBe('invoicegpj.exe');
    expect(fileName('..\\..//etc/passwd')).toBe('etcpasswd');
    expect(fileName('\u2066\u200f \n')).toBe('file');
    expect(fileName('Größe 大.pdf')).toBe('Größe 大.pdf');
  });

  it('keeps its ending, however long', () => {
    const name = fileName(`${'x'.repeat(900)}.tar.gz`);
    expect([[...name].length, name.endsWith('.tar.gz')]).toEqual([120, true]);
    expect(ending('Plan.PDF')).toBe('PDF');
    expect(ending('no ending')).toBe('');
    expect(ending('a.verylong')).toBe('');
  });
});

describe('sizes and times', () => {
  it('are for people, also absurd ones', () => {
    expect([0, 999, 1000, 15_900, 16_777_216, 1e20, -5, NaN].map(fileSize)).toEqual(['0 B', '999 B', '1.0 kB', '16 kB', '17 MB', '100 EB', '', '']);
    expect([0, 900, 83_000, 3_723_000, -1, Infinity].map(playTime)).toEqual(['0:00', '0:01', '1:23', '1:02:03', '0:00', '0:00']);
  });
});
