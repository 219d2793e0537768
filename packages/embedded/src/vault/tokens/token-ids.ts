import { randomInt } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ID_LENGTH = 24;

/** Random letters and digits. */
export function randomText(length: number): string {
  return Array.from({ length }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('');
}

/** A token as Vault 1.8 makes them. */
export function newTokenId(): string {
  return `s.${randomText(ID_LENGTH)}`;
}

/** An accessor, and the random part of a lease's id. */
export function newAccessor(): string {
  return randomText(ID_LENGTH);
}
