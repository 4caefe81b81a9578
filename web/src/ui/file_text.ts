// Names and sizes of files for people. A name comes from somebody else: it must not look like another one, nor like a
// path.

import { speaking } from './text';

// Controls, marks that turn the direction of writing (they make "gpj.exe" of "exe.jpg"), and what no file system takes.
const kUnwanted = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff/\\:*?"<>|]/gu;
const kNameMax = 120;

/** For showing and for saving. Keeps the ending of a long name. */
export function fileName(name: string, otherwise = 'file'): string {
  const clean = name.replace(kUnwanted, '').replace(/^[.\s]+|\s+$/g, '');
  const letters = [...clean];
  if (letters.length === 0) return otherwise;
  if (letters.length <= kNameMax) return clean;
  return `${letters.slice(0, kNameMax - 17).join('')}…${letters.slice(-16).join('')}`;
}

/** Up to four letters, in capitals; empty without an ending. */
export function ending(name: string): string {
  return /\.([A-Za-z0-9]{1,4})$/.exec(fileName(name))?.[1]?.toUpperCase() ?? '';
}

export function fileSize(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '';
  if (bytes < 1000) return `${number(bytes)} B`;
  const units = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${number(value, value < 9.95 ? { minimumFractionDigits: 1, maximumFractionDigits: 1 } : { maximumFractionDigits: 0 })} ${units[unit] ?? ''}`;
}

/** 83000 is 1:23. */
export function playTime(ms: number): string {
  const seconds = Number.isFinite(ms) && ms > 0 ? Math.round(ms / 1000) : 0;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = { minimumIntegerDigits: 2 };
  const rest = number(seconds % 60, two);
  return hours > 0 ? `${number(hours)}:${number(minutes, two)}:${rest}` : `${number(minutes)}:${rest}`;
}

const number = (value: number, form: Intl.NumberFormatOptions = {}): string => new Intl.NumberFormat(speaking().locale, { useGrouping: false, ...form }).format(value);
