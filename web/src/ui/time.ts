// Times for people, as they are written in the language that is spoken.
import { speaking, t } from './text';

const kDayMs = 86_400_000;
const kClock = { hour: '2-digit', minute: '2-digit' } as const;
const kWeekday = { weekday: 'long' } as const;
const kFull = { dateStyle: 'medium', timeStyle: 'short' } as const;
const kDate = { day: 'numeric', month: 'short', year: 'numeric' } as const;

// Making a format is slow, using it is not.
let made: { readonly locale: string; readonly formats: Map<object, Intl.DateTimeFormat> } = { locale: '', formats: new Map() };
function written(ms: number, options: Intl.DateTimeFormatOptions): string {
  const { locale } = speaking();
  if (made.locale !== locale) made = { locale, formats: new Map() };
  const format = made.formats.get(options) ?? new Intl.DateTimeFormat(locale, options);
  made.formats.set(options, format);
  return format.format(ms);
}

export function clockTime(ms: number): string {
  return written(ms, kClock);
}

export const fullTime = (ms: number): string => written(ms, kFull);

export function dayKey(ms: number): string {
  const day = new Date(ms);
  return `${day.getFullYear()}-${day.getMonth()}-${day.getDate()}`;
}

export function dayName(ms: number, nowMs: number): string {
  if (dayKey(ms) === dayKey(nowMs)) return t('today');
  if (dayKey(ms) === dayKey(nowMs - kDayMs)) return t('yesterday');
  return written(ms, nowMs - ms < 6 * kDayMs ? kWeekday : kDate);
}

/** Short, for lists: the time today, else the day. */
export function shortTime(ms: number, nowMs: number): string {
  if (ms === 0) return '';
  return dayKey(ms) === dayKey(nowMs) ? clockTime(ms) : dayName(ms, nowMs);
}
