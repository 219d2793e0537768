import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from './line-splitter.js';

function split(splitter: LineSplitter, chunks: readonly Buffer[]): string[] {
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

describe('LineSplitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' })),
        fc.integer({ min: 1, max: 9 }),
        (texts, size) => {
          const lines = texts.map((text) => text.replaceAll('\n', ' '));
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const chunks: Buffer[] = [];
          for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
          expect(split(new LineSplitter(), chunks)).toEqual(lines);
        },
      ),
    );
  });

  it('gives a last line without an end, once', () => {
    const splitter = new LineSplitter();
    expect(split(splitter, [Buffer.from('a\nb')])).toEqual(['a', 'b']);
    expect(splitter.end()).toEqual([]);
  });

  it('cuts a line that is too long, between characters', () => {
    expect(split(new LineSplitter(4), [Buffer.from('äöü\nx\n')])).toEqual(['äö', 'ü', 'x']);
    expect(split(new LineSplitter(3), [Buffer.from('äöü\nx\n')])).toEqual(['ä', 'ö', 'ü', 'x']);
    expect(split(new LineSplitter(4), [Buffer.from('x🚀🚀')])).toEqual(['x', '🚀', '🚀']);
  });

  it('does not grow on bytes that are no text', () => {
    const splitter = new LineSplitter(8);
    const lines = splitter.push(Buffer.alloc(100, 0x80));
    expect(lines.length).toBeGreaterThanOrEqual(12);
  });
});
