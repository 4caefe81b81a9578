// How long to wait before trying again: exponential with full jitter, so that a thousand clients that lost the same
// server do not come back in the same second.
import type { Random } from './ports';

export interface BackoffTuning {
  readonly firstMs: number;
  readonly maxMs: number;
}
export const kBackoff: BackoffTuning = { firstMs: 500, maxMs: 30_000 };

export function backoffMs(attempt: number, random: Random, tuning: BackoffTuning = kBackoff): number {
  const ceiling = Math.min(tuning.maxMs, tuning.firstMs * 2 ** Math.min(attempt, 30));
  return Math.ceil(ceiling * random.unit());
}

export function between(minMs: number, maxMs: number, random: Random): number {
  return minMs + Math.ceil(Math.max(0, maxMs - minMs) * random.unit());
}
