/** A tar archive (ustar) as a stream, for images that are made here instead of pulled. */
import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';

const BLOCK = 512;
const TYPES = { file: '0', symlink: '2', directory: '5' };
const MODES = { file: 0o644, symlink: 0o777, directory: 0o755 };

/**
 * One thing in the archive: a folder, a symbolic link (`target`), a file with `content`, or a copy of the local
 * file `source`. `path` has no leading slash.
 *
 * @typedef {object} TarEntry
 * @property {string} path
 * @property {'directory' | 'symlink' | 'file'} type
 * @property {number} [mode]
 * @property {string} [target]
 * @property {string} [content]
 * @property {string} [source]
 */

/**
 * @param {readonly TarEntry[]} entries
 * @returns {Readable}
 */
export function tarStream(entries) {
  return Readable.from(chunks(entries));
}

async function* chunks(entries) {
  for (const entry of entries) {
    const size = sizeOf(entry);
    yield header(entry, size);
    if (entry.source !== undefined)
      yield* createReadStream(entry.source, { highWaterMark: 1 << 20, end: size - 1 });
    else if (entry.content !== undefined) yield Buffer.from(entry.content);
    yield Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
  }
  yield Buffer.alloc(2 * BLOCK);
}

function sizeOf({ source, content }) {
  if (source !== undefined) return statSync(source).size;
  return content === undefined ? 0 : Buffer.byteLength(content);
}

/** Field offsets and widths are those of POSIX.1-1988 ustar. */
function header({ path, type, mode, target = '' }, size) {
  if (Buffer.byteLength(path) > 100 || Buffer.byteLength(target) > 100) {
    throw new Error(`The path ${path} is too long for a ustar header.`);
  }
  const block = Buffer.alloc(BLOCK);
  const octal = (value, width) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  block.write(path, 0);
  block.write(octal(mode ?? MODES[type], 8), 100);
  block.write(octal(0, 8), 108); // owner: root
  block.write(octal(0, 8), 116); // group: root
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136); // modified: the epoch, so that equal content is an equal archive
  block.write(' '.repeat(8), 148); // the checksum counts its own field as spaces
  block.write(TYPES[type], 156);
  block.write(target, 157);
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)} `, 148);
  return block;
}
