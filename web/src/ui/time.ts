// Times for people, in the browser's language.
import { t } from './text';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const kDayMs = 86_400_000;

export function clockTime(ms: number): string {
  return clock.format(ms);
}

export const fullTime = (ms: number): string => full.format(ms);

export function dayKey(ms: number): string {
  const day = new Date(ms);
  return `${day.getFullYear()}-${day.getMonth()}-${day.getDate()}`;
}

export function dayName(ms: number, nowMs: number): string {
  if (dayKey(ms) === dayKey(nowMs)) return t('today');
  if (dayKey(ms) === dayKey(nowMs - kDayMs)) return t('yesterday');
  return nowMs - ms < 6 * kDayMs ? weekday.format(ms) : date.format(ms);
}

/** Short, for lists: the time today, else the day. */
export function shortTime(ms: number, nowMs: number): string {
  if (ms === 0) return '';
  return dayKey(ms) === dayKey(nowMs) ? clockTime(ms) : dayName(ms, nowMs);
}
