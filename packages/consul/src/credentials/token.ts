import type { ConsulError } from '../consul-error.js';
import type { ConsulOptions } from '../consul-options.js';
import { CredentialFile } from './credential-file.js';

/** How the token in use fares. */
export interface TokenState {
  /** Counts the tokens that the client has used: 1 is the first. */
  readonly version: number;
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

/** A refusal reads the file at once, but a server that refuses everything does not make it be read all the time. */
const REFUSED_FRESH_MS = 100;

/** The token that goes with each request. */
export class Token {
  readonly #file: CredentialFile | undefined;
  readonly #path: string | undefined;
  #value: string | undefined;
  #version = 1;
  #refused: TokenRefusal | undefined;

  constructor({ token, tokenFile }: ConsulOptions) {
    this.#value = token;
    this.#path = tokenFile;
    this.#file = tokenFile === undefined ? undefined : new CredentialFile(tokenFile, token);
    if (token === undefined) this.#value = this.#inFile();
  }

  get state(): TokenState {
    return {
      version: this.#version,
      ...(this.#path === undefined ? {} : { file: this.#path }),
      ...(this.#refused === undefined ? {} : { refused: this.#refused }),
    };
  }

  /** What to send now. */
  current(maxAgeMs?: number): string | undefined {
    const found = this.#inFile(maxAgeMs);
    if (found !== undefined && found !== this.#value) {
      this.#value = found;
      this.#version += 1;
    }
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
