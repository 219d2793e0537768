import { readFileSync } from 'node:fs';

/** A credential that was given as a value, or is in a file that others replace. */
export interface CredentialSource {
  /** The value; with a file, what counts until that could be read. */
  readonly value: string;
  readonly file?: string | undefined;
}

/** How old what a file said may be, in milliseconds. */
const FRESH_MS = 500;

/** Reads a credential again and again. A file that is empty or missing is being replaced: what it said last stays. */
export class Credential {
  readonly #file: string | undefined;
  #value: string;
  #used: string | undefined;
  #readAt = -Infinity;

  constructor({ value, file }: CredentialSource) {
    this.#value = value;
    this.#file = file;
  }

  /** Whether another can come. */
  get isReplaceable(): boolean {
    return this.#file !== undefined;
  }

  /** What it says now, about. */
  get current(): string {
    this.#read(FRESH_MS);
    return this.#value;
  }

  /** What to log in with now. */
  use(): string {
    this.#read(0);
    this.#used = this.#value;
    return this.#value;
  }

  /** Whether there is another by now than the one that was used last. */
  get isReplaced(): boolean {
    this.#read(FRESH_MS);
    return this.#used !== undefined && this.#value !== this.#used;
  }

  #read(maxAgeMs: number): void {
    const now = performance.now();
    if (this.#file === undefined || now - this.#readAt < maxAgeMs) return;
    this.#readAt = now;
    try {
      const found = readFileSync(this.#file, 'utf8').trim();
      if (found !== '') this.#value = found;
    } catch {
      // It is being replaced.
    }
  }
}
