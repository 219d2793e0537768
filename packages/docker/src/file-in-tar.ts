const BLOCK = 512;

/** Content of the first regular file of a tar archive (POSIX.1-1988 ustar headers); undefined when there is none. */
export function fileInTar(archive: Buffer): Buffer | undefined {
  let offset = 0;
  while (offset + BLOCK <= archive.length) {
    const header = archive.subarray(offset, offset + BLOCK);
    const size = parseInt(header.toString('latin1', 124, 136).replaceAll('\0', '').trim(), 8);
    if (!Number.isInteger(size)) return undefined;
    const type = header.toString('latin1', 156, 157);
    const start = offset + BLOCK;
    if (type === '0' || type === '\0') return archive.subarray(start, start + size);
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}
