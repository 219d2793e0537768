import { VaultError } from '../vault-error.js';
import type { Reply } from './transport.js';

/** An object of an answer, read field by field. What is not there in the right form is `VAULT_BAD_ANSWER`, without its value. */
export class Fields {
  readonly #reply: Reply;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(reply: Reply, value: unknown) {
    if (!isObject(value)) throw badAnswer(reply, 'an object is missing');
    this.#reply = reply;
    this.#values = value;
  }

  get all(): Readonly<Record<string, unknown>> {
    return this.#values;
  }

  object(name: string): Fields {
    const value = this.#values[name];
    if (!isObject(value)) throw badAnswer(this.#reply, `"${name}" should be an object`);
    return new Fields(this.#reply, value);
  }

  /** Undefined when it is null or absent. */
  optionalObject(name: string): Fields | undefined {
    return this.#values[name] == null ? undefined : this.object(name);
  }

  string(name: string): string {
    const value = this.#values[name];
    if (typeof value !== 'string') throw badAnswer(this.#reply, `"${name}" should be a string`);
    return value;
  }

  /** Undefined when it is empty, null or absent. */
  optionalString(name: string): string | undefined {
    const value = this.#values[name];
    return value == null || value === '' ? undefined : this.string(name);
  }

  number(name: string): number {
    const value = this.#values[name];
    if (typeof value !== 'number') throw badAnswer(this.#reply, `"${name}" should be a number`);
    return value;
  }

  boolean(name: string): boolean {
    const value = this.#values[name];
    if (typeof value !== 'boolean') throw badAnswer(this.#reply, `"${name}" should be true or false`);
    return value;
  }

  /** Empty when it is null or absent. */
  strings(name: string): readonly string[] {
    const value = this.#values[name] ?? [];
    if (!Array.isArray(value) || value.some((each) => typeof each !== 'string')) {
      throw badAnswer(this.#reply, `"${name}" should be a list of strings`);
    }
    return value as readonly string[];
  }
}

/** The whole answer. */
export function answerOf(reply: Reply): Fields {
  return new Fields(reply, reply.body);
}

/** The `data` of an answer. */
export function dataOf(reply: Reply): Fields {
  return answerOf(reply).object('data');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badAnswer({ spec, status }: Reply, what: string): VaultError {
  return new VaultError(
    'VAULT_BAD_ANSWER',
    `The answer while ${spec.doing} is not what Vault gives: ${what}. Is this a Vault server?`,
    { retryable: false, status, path: spec.path },
  );
}
