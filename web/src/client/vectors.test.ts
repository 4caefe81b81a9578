// The samples in test/support/vectors mean the same here as in the server: both forms decode to one message, and what we
// encode is what the server reads.
import { equals, fromBinary, fromJson, toBinary } from '@bufbuild/protobuf';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ClientFrameSchema, ServerFrameSchema } from '../gen/frames_pb';

const folder = fileURLToPath(new URL('../../../test/support/vectors/', import.meta.url));
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.bin') ? [file.slice(0, -4)] : []));
const binary = (name: string) => new Uint8Array(readFileSync(`${folder}${name}.bin`));
const json = (name: string) => JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8')) as never;

describe('the samples', () => {
  it('are there', () => {
    expect(names.filter((name) => name.startsWith('client_')).length).toBeGreaterThanOrEqual(5);
    expect(names.filter((name) => name.startsWith('server_')).length).toBeGreaterThanOrEqual(10);
  });

  it.each(names.filter((name) => name.startsWith('server_')))('%s is one frame in both forms', (name) => {
    const frame = fromBinary(ServerFrameSchema, binary(name));
    expect(frame.kind.case).toBeDefined();
    expect(frame.$unknown ?? []).toEqual([]);
    expect(equals(ServerFrameSchema, frame, fromJson(ServerFrameSchema, json(name)))).toBe(true);
  });

  it.each(names.filter((name) => name.startsWith('client_')))('%s is one frame in both forms, and the same bytes again', (name) => {
    const frame = fromBinary(ClientFrameSchema, binary(name));
    expect(equals(ClientFrameSchema, frame, fromJson(ClientFrameSchema, json(name)))).toBe(true);
    expect(toBinary(ClientFrameSchema, frame)).toEqual(binary(name));
  });
});
