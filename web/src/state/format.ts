// What people write to give a text its form, as in WhatsApp: *bold*, _italic_, ~struck~, `code`, ```blocks of it```, lines
// that begin with "> ", "* ", "- " or "1. ", and addresses. The result is a tree of plain values; nothing of it is markup.
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bold' | 'italic' | 'struck'; readonly parts: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

export type Block =
  | { readonly kind: 'lines'; readonly parts: readonly Inline[] }
  | { readonly kind: 'quote'; readonly parts: readonly Inline[] }
  | { readonly kind: 'bullets'; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'numbers'; readonly from: number; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'code'; readonly text: string };

const kDeepest = 4; // marks within marks
const kLongest = 20_000; // letters; what is longer is shown as it is

export function blocksOf(text: string): readonly Block[] {
  if (text.length > kLongest) return [{ kind: 'lines', parts: [{ kind: 'text', text }] }];
  const pieces = text.split(/```([\s\S]+?)```/);
  return pieces.flatMap((piece, i): readonly Block[] => {
    if (i % 2 === 1) return [{ kind: 'code', text: piece.replace(/^\n|\n$/g, '') }];
    // The line break beside a block of code belongs to the block.
    const trimmed = piece.replace(i > 0 ? /^\n/ : /^$/, '').replace(i < pieces.length - 1 ? /\n$/ : /$^/, '');
    return trimmed === '' ? [] : linesOf(trimmed.split('\n'));
  });
}

type LineKind = 'lines' | 'quote' | 'bullets' | 'numbers';
const kStarts: readonly (readonly [LineKind, RegExp])[] = [
  ['quote', /^> (?=\S)/],
  ['bullets', /^[*-] (?=\S)/],
  ['numbers', /^(\d{1,3})\. (?=\S)/],
];

function linesOf(lines: readonly string[]): readonly Block[] {
  const blocks: { readonly kind: LineKind; readonly from: number; readonly rest: string[] }[] = [];
  for (const line of lines) {
    const [kind, start] = kStarts.find(([, pattern]) => pattern.test(line)) ?? (['lines', /^/] as const);
    const number = Number(kind === 'numbers' ? (start.exec(line)?.[1] ?? 1) : 0);
    const rest = line.replace(start, '');
    const last = blocks.at(-1);
    if (last?.kind === kind && (kind !== 'numbers' || number === last.from + last.rest.length)) last.rest.push(rest);
    else blocks.push({ kind, from: number, rest: [rest] });
  }
  return blocks.map(({ kind, from, rest }): Block => {
    if (kind === 'lines' || kind === 'quote') return { kind, parts: inlineOf(rest.join('\n')) };
    const items = rest.map((item) => inlineOf(item));
    return kind === 'bullets' ? { kind, items } : { kind, from, items };
  });
}

const kMarks: Readonly<Record<string, 'bold' | 'italic' | 'struck' | 'code'>> = { '*': 'bold', _: 'italic', '~': 'struck', '`': 'code' };
const isWord = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);
const isSpace = (letter: string | undefined): boolean => letter === undefined || /\s/.test(letter);

export function inlineOf(text: string, deep = 0): readonly Inline[] {
  const parts: Inline[] = [];
  let plain = 0;
  const flush = (to: number) => {
    if (to > plain) parts.push({ kind: 'text', text: text.slice(plain, to) });
  };
  const dead = new Set<string>(); // marks that have no end behind here
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? '';
    const link = isWord(text[at - 1]) ? undefined : linkAt(text, at);
    if (link !== undefined) {
      if (link.kind === 'link') {
        flush(at);
        parts.push(link);
        plain = at + link.text.length;
      }
      at += link.text.length - 1;
      continue;
    }
    const mark = kMarks[letter];
    if (mark === undefined || deep >= kDeepest || dead.has(letter) || isWord(text[at - 1]) || isSpace(text[at + 1])) continue;
    const end = endOf(text, letter, at + 1);
    if (end === undefined) {
      dead.add(letter);
      continue;
    }
    flush(at);
    const inner = text.slice(at + 1, end);
    parts.push(mark === 'code' ? { kind: 'code', text: inner } : { kind: mark, parts: inlineOf(inner, deep + 1) });
    at = end;
    plain = end + 1;
  }
  flush(text.length);
  return parts;
}

// On the same line, behind something, and not in the middle of a word.
function endOf(text: string, mark: string, from: number): number | undefined {
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + 1)) {
    if (text.slice(from, at).includes('\n')) return undefined;
    if (at > from && !isSpace(text[at - 1]) && !isWord(text[at + 1])) return at;
  }
  return undefined;
}

// An address ends before spaces, quotes, and letters that cannot be seen or turn the direction of what follows.
const kAddress = /(?:https?:\/\/|www\.)[^\s<>"'`\p{Cc}\p{Cf}]{2,2000}|(?:mailto:)?[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{2,63}){1,5}/uy;

// An address that may not be opened is a text, all of it: its end is no address either.
function linkAt(text: string, at: number): Extract<Inline, { kind: 'link' | 'text' }> | undefined {
  kAddress.lastIndex = at;
  const found = kAddress.exec(text)?.[0];
  if (found === undefined) return undefined;
  const shown = trimmed(found);
  const href = hrefOf(shown);
  return href === undefined ? { kind: 'text', text: shown } : { kind: 'link', text: shown, href };
}

// The dot of a sentence and the bracket around an address are not of it; nor are marks that end around it.
function trimmed(address: string): string {
  for (let text = address; ; ) {
    const last = text.at(-1) ?? '';
    const open = last === ')' ? '(' : last === ']' ? '[' : undefined;
    const loose = open !== undefined && text.split(last).length > text.split(open).length;
    if (!loose && !/[.,;:!?*_~]$/.test(text)) return text;
    text = text.slice(0, -1);
  }
}

/** Where a link goes; undefined when it is not one that may be opened. Only the web and mail, and nobody's name before the host. */
export function hrefOf(address: string): string | undefined {
  const mail = !/^(https?:\/\/|www\.)/i.test(address);
  const whole = mail ? `mailto:${address.replace(/^mailto:/i, '')}` : /^www\./i.test(address) ? `https://${address}` : address;
  try {
    const url = new URL(whole);
    if (mail) return url.protocol === 'mailto:' && !/[\s?]/.test(url.pathname) ? url.href : undefined;
    const safe = (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '' && url.hostname.includes('.');
    return safe ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** The words without what forms them: for a line in a list. */
export function unformed(text: string): string {
  const words = (parts: readonly Inline[]): string => parts.map((part) => ('parts' in part ? words(part.parts) : part.text)).join('');
  return blocksOf(text)
    .map((block) => (block.kind === 'code' ? block.text : 'parts' in block ? words(block.parts) : block.items.map(words).join(' ')))
    .join(' ');
}

/** One to three signs and nothing else: shown large. */
export const isOnlySigns = (text: string): boolean => text.length < 60 && /^\s*(?:(?:\p{Extended_Pictographic}|\p{RI}\p{RI})(?:\p{EMod}|\uFE0F|\u200D\p{Extended_Pictographic})*\s*){1,3}$/u.test(text);
