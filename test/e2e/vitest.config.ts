import { defineConfig } from 'vitest/config';

// One file after the other: each has its own server, and timing matters in some.
export default defineConfig({
  test: { include: ['*.test.ts'], fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000, reporters: ['verbose'] },
});
