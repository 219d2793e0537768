/**
 * JSON as Consul writes it: compact, or indented by four spaces. A bigint under `Flags` (an unsigned 64-bit
 * number in Consul) is written as a plain number, which JSON.stringify cannot do by itself.
 */
export function jsonText(value: unknown, pretty: boolean): string {
  const text = JSON.stringify(value, replaceBigint, pretty ? 4 : undefined);
  const numbers = text.replaceAll(/"Flags":( ?)"(\d+)"/g, '"Flags":$1$2');
  return pretty ? `${numbers}\n` : numbers;
}

function replaceBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
