// How loud a recording was over its time, in as few numbers as a message carries.
const kPoints = 48;

/** `levels`: 0 to 1, one for each moment. The loudest becomes 100, but silence stays silence. */
export function waveformOf(levels: readonly number[], points = kPoints): Uint8Array {
  if (levels.length === 0) return new Uint8Array();
  const peaks = Array.from({ length: points }, (_, i) => {
    const from = Math.floor((i * levels.length) / points);
    const to = Math.max(from + 1, Math.floor(((i + 1) * levels.length) / points));
    return Math.max(0, ...levels.slice(from, to));
  });
  const loudest = Math.max(0.05, ...peaks);
  return Uint8Array.from(peaks, (peak) => Math.round(Math.min(1, peak / loudest) * 100));
}

/** The loudness of one moment, from samples of -1 to 1: speech is spread over most of the range. */
export function levelOf(samples: Float32Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return Math.min(1, Math.sqrt(peak));
}
