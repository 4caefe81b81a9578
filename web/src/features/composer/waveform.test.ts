import { describe, expect, it } from 'vitest';
import { levelOf, waveformOf } from './waveform';

describe('a waveform', () => {
  it('is the peaks of what was heard, the loudest being 100', () => {
    expect([...waveformOf([0, 0.2, 0, 0, 0.4, 0.1, 0, 0], 4)]).toEqual([50, 0, 100, 0]);
    expect(waveformOf(Array.from({ length: 9000 }, () => 0.3))).toHaveLength(48);
    expect([...waveformOf([0.5], 3)]).toEqual([100, 100, 100]);
  });

  it('does not make noise of silence', () => {
    expect([...waveformOf([0.001, 0.002], 2)]).toEqual([2, 4]);
    expect(waveformOf([])).toHaveLength(0);
    expect(levelOf(Float32Array.of(0.01, -0.25))).toBe(0.5);
  });
});
