import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Demultiplexer } from './demultiplexer.js';

function encode(stream: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

describe('Demultiplexer', () => {
  it('gives the same frames however the bytes are cut', () => {
    const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.string({ unit: 'grapheme' })));
    const cuts = fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 1 });
    fc.assert(
      fc.property(frames, cuts, (written, sizes) => {
        const bytes = Buffer.concat(written.map(([stream, text]) => encode(stream, text)));
        const demultiplexer = new Demultiplexer();
        const read: (readonly [number, string])[] = [];
        for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
          const size = sizes[cut % sizes.length]!;
          for (const { stream, payload } of demultiplexer.push(bytes.subarray(at, at + size))) {
            read.push([stream === 'stdout' ? 1 : 2, payload.toString()]);
          }
          at += size;
        }
        expect(read).toEqual(written);
      }),
    );
  });

  it('fails with the words of an engine that reports an error in the stream', () => {
    expect(() => new Demultiplexer().push(encode(3, 'log file is gone\n'))).toThrow(
      expect.objectContaining({
        code: 'DOCKER_SERVER_ERROR',
        message: expect.stringContaining('log file is gone') as unknown,
      }),
    );
  });

  it('fails on bytes that are no frames', () => {
    expect(() => new Demultiplexer().push(Buffer.from('GET / HT\0\0\0\0'))).not.toThrow();
    expect(() => new Demultiplexer().push(encode(71, 'x'))).toThrow(/unknown stream 71/);
  });
});
