// What a table of texts consists of. Forms are those that the language's plural rules ask for (Intl.PluralRules).
export type Forms = { readonly other: string } & { readonly [form in Intl.LDMLPluralRule]?: string };
export type Text = string | Forms;

export type Values = Readonly<Record<string, string | number>>;

/** The form for this number; `other` where the table has no such form. */
export function formOf(text: Text, count: string | number | undefined, rules: Intl.PluralRules): string {
  if (typeof text === 'string') return text;
  return (typeof count === 'number' ? text[rules.select(count)] : undefined) ?? text.other;
}

const kRightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const kDirectionMarks = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const kLetter = /\p{L}|\p{N}/u;

/** Keeps a name that is written the other way, or turns the writing around, from mixing up the sentence around it. */
export function isolated(value: string, direction: 'ltr' | 'rtl'): string {
  const other = direction === 'rtl' ? kLetter.test(value) : kRightToLeft.test(value);
  return other || kDirectionMarks.test(value) ? `\u2068${value}\u2069` : value;
}
