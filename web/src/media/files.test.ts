import { describe, expect, it } from 'vitest';
import { refusal, shapeOf, typeOf } from './files';

const kMiB = 1024 * 1024;
const file = (size: number, type = '', name = 'a') => ({ size, type, name });

describe('a file', () => {
  it('goes as what browsers show; what they run is a document', () => {
    expect(['image/JPEG', 'video/mp4; codecs=x', 'audio/mpeg', 'image/svg+xml', 'text/html', ''].map((type) => shapeOf({ type }))).toEqual(['image', 'video', 'audio', 'document', 'document', 'document']);
    expect(typeOf({ type: 'Audio/OGG; codecs=opus' })).toBe('audio/ogg');
  });

  it('is refused before the upload when it is empty or larger than allowed, to the byte', () => {
    expect(refusal(file(0), 'document')).toContain('empty');
    expect(refusal(file(100 * kMiB), 'document')).toBeUndefined();
    expect(refusal(file(100 * kMiB + 1), 'document')).toContain('100 MiB');
    expect(refusal(file(16 * kMiB, 'video/mp4'), 'video')).toBeUndefined();
    expect(refusal(file(16 * kMiB + 1, 'video/mp4'), 'video')).toContain('16 MiB');
    expect(refusal(file(16 * kMiB + 1, 'video/mp4'), 'document')).toBeUndefined();
    expect(refusal(file(40 * kMiB, 'image/jpeg'), 'image')).toBeUndefined(); // it is made smaller
    expect(refusal(file(40 * kMiB, 'image/gif'), 'image')).toContain('16 MiB');
    expect(refusal(file(0, '', 'x\u202egpj.exe'), 'document')).toContain('xgpj.exe');
  });
});
