const SIZE = /^(\d+(?:\.\d+)?)\s?([kKMGTP]?)(i?)B?$/;
const UNITS = ['', 'K', 'M', 'G', 'T', 'P'];

/**
 * Bytes in a size such as `"8Gi"`: `k`, `M`, `G`, `T`, `P` are powers of 1000 (as in SI), `Ki`, `Mi`, `Gi`, `Ti`, `Pi` of
 * 1024 (IEC 80000-13); a `B` at the end changes nothing, no unit means bytes. Undefined when it is not a size.
 */
export function parseBytes(text: string): number | undefined {
  const [, amount, unit = '', binary = ''] = SIZE.exec(text.trim()) ?? [];
  if (amount === undefined || (unit === '' && binary !== '')) return undefined;
  return Number(amount) * (binary === '' ? 1000 : 1024) ** UNITS.indexOf(unit.toUpperCase());
}

/** A size for people, in powers of 1024, with at most two decimals: `7.5 GiB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || Math.abs(bytes) < 1024) return `${bytes} B`;
  const power = Math.min(Math.floor(Math.log2(Math.abs(bytes)) / 10), UNITS.length - 1);
  return `${Number((bytes / 1024 ** power).toFixed(2))} ${UNITS[power] ?? ''}iB`;
}
