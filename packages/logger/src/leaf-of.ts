import { EventEmitter } from 'node:events';

/**
 * The written form of a value that has no parts worth showing; undefined for a value that has. Live objects (streams,
 * sockets, requests) are written by their kind alone: their insides are endless and hold raw headers.
 */
export function leafOf(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return leafOfObject(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'function') return `[function ${value.name}]`;
  return typeof value === 'bigint' || typeof value === 'symbol' ? String(value) : value;
}

function leafOfObject(value: object): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof RegExp || value instanceof URL) return String(value);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  const isLive = value instanceof EventEmitter || value instanceof EventTarget || value instanceof Promise;
  return isLive ? `[${value.constructor.name}]` : undefined;
}
