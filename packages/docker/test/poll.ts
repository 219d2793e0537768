import { expect } from 'vitest';

/** `expect.poll` with the patience that a busy machine needs. */
export function poll<T>(read: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: 20_000, interval: 20 });
}
