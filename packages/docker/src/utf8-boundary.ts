/** The longest length up to `limit` at which the bytes can be cut without cutting a UTF-8 character in two. */
export function utf8Boundary(bytes: Uint8Array, limit: number): number {
  if (bytes.length <= limit) return bytes.length;
  let cut = limit;
  // Continuation bytes are 10xxxxxx, three at the most; more of them are not UTF-8 anyway.
  while (cut > 0 && limit - cut < 3 && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut -= 1;
  return cut;
}
