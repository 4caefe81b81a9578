// What a conversation can be asked to do, for tests of its views: each call is remembered, none does anything.
import { vi } from 'vitest';
import type { ConversationActions, Target } from './model';

const nothing = () => Promise.resolve();
const refused = () => Promise.reject(new Error('none'));

export const watched = (more: Partial<ConversationActions> = {}) => ({
  back: vi.fn(),
  older: vi.fn(nothing),
  reach: vi.fn(nothing),
  seen: vi.fn(),
  openInfo: vi.fn(),
  retry: vi.fn(),
  discard: vi.fn(),
  reply: vi.fn(),
  edit: vi.fn(),
  erase: vi.fn(),
  react: vi.fn(),
  choose: vi.fn(nothing),
  shareLocation: vi.fn(nothing),
  message: vi.fn(nothing),
  played: vi.fn(),
  star: vi.fn(),
  hide: vi.fn(),
  targets: vi.fn((): readonly Target[] => []),
  forward: vi.fn(nothing),
  accept: vi.fn(nothing),
  block: vi.fn(nothing),
  info: vi.fn(refused),
  lease: vi.fn(() => Promise.resolve({ url: 'blob:x', release: vi.fn() })),
  ...more,
});
