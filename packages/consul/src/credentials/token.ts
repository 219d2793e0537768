import { createHash } from 'node:crypto';
import type { ConsulError } from '../consul-error.js';
import type { ConsulOptions } from '../consul-options.js';
import { CredentialFile } from './credential-file.js';

/** How the token in use fares. */
export interface TokenState {
  /** The same for the same token, and tells nothing of it; absent without a token. */
  readonly fingerprint?: string;
  /** File it is read from, again and again; absent when it was given as a value or there is none. */
  readonly file?: string;
  /** Absent while nothing speaks against it. A token that merely lacks a right is not refused. */
  readonly refused?: TokenRefusal;
}

/** Consul does not know the token: it was deleted, has expired, or never was. */
export interface TokenRefusal {
  /** Since when, in milliseconds of Unix time. */
  readonly since: number;
  readonly error: ConsulError;
}

/** A refusal has the file read at once, however short ago it was: a few bytes, against a call that would fail. */
const REFUSED_FRESH_MS = 0;

/** The token that goes with each request. */
export class Token {
  readonly #file: CredentialFile | undefined;
  readonly #path: string | undefined;
  #value: string | undefined;
  #refused: TokenRefusal | undefined;

  constructor({ token, tokenFile }: ConsulOptions) {
    this.#value = token;
    this.#path = tokenFile;
    this.#file = tokenFile === undefined ? undefined : new CredentialFile(tokenFile, token);
    if (token === undefined) this.#value = this.#inFile();
  }

  get state(): TokenState {
    return {
      ...(this.#value === undefined ? {} : { fingerprint: fingerprintOf(this.#value) }),
      ...(this.#path === undefined ? {} : { file: this.#path }),
      ...(this.#refused === undefined ? {} : { refused: this.#refused }),
    };
  }

  /** What to send now. */
  current(maxAgeMs?: number): string | undefined {
    const found = this.#inFile(maxAgeMs);
    if (found !== undefined) this.#value = found;
    return this.#value;
  }

  /** Whether there is another token than the one that was refused, which is worth a try. */
  replaces(refused: string | undefined): boolean {
    return this.current(REFUSED_FRESH_MS) !== refused;
  }

  /** Consul took the token. */
  accepted(): void {
    this.#refused = undefined;
  }

  /** Consul does not know this token. One that is not in use any more says nothing. */
  refuse(token: string | undefined, error: ConsulError): void {
    if (token === this.#value) this.#refused ??= { since: Date.now(), error };
  }

  #inFile(maxAgeMs?: number): string | undefined {
    return this.#file?.read(maxAgeMs)?.toString('utf8').trim();
  }
}

function fingerprintOf(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16);
}
