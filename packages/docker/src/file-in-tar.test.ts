import { describe, expect, it } from 'vitest';

import { fileInTar } from './file-in-tar.js';

/** One entry as tar(5) lays it out; the checksum does not matter here. */
function entry(type: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write('name', 0);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write(type, 156);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body]);
}

describe('fileInTar', () => {
  it('gives the first regular file, past the headers of its extensions', () => {
    const archive = Buffer.concat([
      entry('x', '30 mtime=1.5\n'),
      entry('0', 'root:x:0:0\n'),
      Buffer.alloc(1024),
    ]);
    expect(fileInTar(archive)?.toString()).toBe('root:x:0:0\n');
  });

  it('gives an empty file, and none where there is none', () => {
    expect(fileInTar(entry('0', ''))?.length).toBe(0);
    expect(fileInTar(Buffer.concat([entry('2', ''), Buffer.alloc(1024)]))).toBeUndefined();
    expect(fileInTar(Buffer.alloc(10))).toBeUndefined();
  });
});
