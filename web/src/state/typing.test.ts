import { describe, expect, it } from 'vitest';
import { accountId, conversationId } from '../client/ids';
import { FakeClock } from '../client/testing';
import { Announcer, TypingBoard } from './typing';

const [chat, ben] = [conversationId(5n), accountId(2n)];

describe('who is writing', () => {
  it('is shown until a message comes, or 25 seconds', async () => {
    const clock = new FakeClock();
    const board = new TypingBoard(clock);
    let changes = 0;
    board.subscribe(() => changes++);
    board.heard(chat, ben, 'typing');
    board.heard(chat, ben, 'typing');
    expect([...(board.of(chat) ?? [])]).toEqual([[ben, 'typing']]);
    expect(changes).toBe(1);
    board.heard(chat, ben, undefined);
    expect(board.of(chat)).toBeUndefined();
    board.heard(chat, ben, 'recording');
    await clock.advance(24_000);
    board.heard(chat, ben, 'recording'); // goes on
    await clock.advance(24_000);
    expect(board.of(chat)?.get(ben)).toBe('recording');
    await clock.advance(2_000);
    expect(board.of(chat)).toBeUndefined();
  });
});

describe('what is announced', () => {
  it('is said once in ten seconds however fast somebody types, and taken back when they stop', async () => {
    const clock = new FakeClock();
    const said: string[] = [];
    const announcer = new Announcer(clock, (what) => said.push(what));
    for (let i = 0; i < 24; i++) {
      announcer.doing('typing');
      await clock.advance(500);
    }
    expect(said).toEqual(['typing', 'typing']);
    await clock.advance(6_000);
    expect(said).toEqual(['typing', 'typing', 'stopped']);
    announcer.stopped();
    expect(said).toHaveLength(3);
  });

  it('ends by itself with the message', async () => {
    const clock = new FakeClock();
    const said: string[] = [];
    const announcer = new Announcer(clock, (what) => said.push(what));
    announcer.doing('recording');
    announcer.sent();
    await clock.advance(60_000);
    expect(said).toEqual(['recording']);
  });
});
