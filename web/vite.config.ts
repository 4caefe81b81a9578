import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { shell } from './tools/shell.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [shell({ root: here('./dist'), worker: here('./src/app/sw.js') })],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 900 },
  esbuild: { jsx: 'automatic' },
  server: { proxy: { '/v1': { target: 'http://127.0.0.1:8080', ws: true } } },
  test: { include: ['src/**/*.test.{ts,tsx}'], environment: 'node', testTimeout: 20_000, css: { modules: { classNameStrategy: 'non-scoped' } } },
});
