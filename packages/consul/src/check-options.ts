import { ConsulError } from './consul-error.js';
import type { ConsulOptions } from './consul-options.js';

/** @throws ConsulError CONSUL_BAD_OPTIONS, naming the option and what it should be. */
export function checkOptions({
  host,
  port,
  timeoutMs,
  maxSockets,
  maxWatchSockets,
  tls,
}: ConsulOptions): void {
  if (host !== undefined && !/^(?:[\w.-]+|\[?[\da-f:.]+\]?)$/i.test(host)) {
    throw badOptions(`The host "${host}" is no host name or address. Leave out scheme, port and path.`);
  }
  if (port !== undefined && !isWhole(port, 65_535)) {
    throw badOptions(`The port ${port} is none: it is a whole number from 1 to 65535.`);
  }
  for (const [name, value] of Object.entries({ timeoutMs, maxSockets, maxWatchSockets })) {
    if (value !== undefined && !isWhole(value, 2 ** 31 - 1)) {
      throw badOptions(`The option ${name} is ${value}: it is a whole number of at least 1.`);
    }
  }
  const has = (part: 'cert' | 'key'): boolean =>
    tls?.[part] !== undefined || tls?.[`${part}File`] !== undefined;
  if (has('cert') !== has('key')) {
    throw badOptions('A client certificate and its key go together: give both, or neither.');
  }
}

function isWhole(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max;
}

/** Options that make no sense. */
export function badOptions(message: string, cause?: unknown): ConsulError {
  return new ConsulError('CONSUL_BAD_OPTIONS', message, { retryable: false, cause });
}
