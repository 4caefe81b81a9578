// Messages as text for the clipboard: one as it was written, several with who and when.
import { fullTime } from '../../ui/time';
import type { Bubble } from './lines';

export function said(lines: readonly Bubble[]): string {
  const [only, second] = lines;
  if (only === undefined) return '';
  return second === undefined ? only.text : lines.map((line) => `[${fullTime(line.timeMs)}] ${line.author}: ${line.text}`).join('\n');
}

export const copyText = (text: string): void => void navigator.clipboard?.writeText(text).catch(() => {});
