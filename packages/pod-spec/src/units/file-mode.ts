/** Three octal digits, with or without a leading zero. */
export const FILE_MODE_PATTERN = /^0?[0-7]{3}$/;

/** Permission bits of a mode such as `"0400"`. Undefined when it is not one. */
export function parseFileMode(text: string): number | undefined {
  return FILE_MODE_PATTERN.test(text) ? Number.parseInt(text, 8) : undefined;
}
