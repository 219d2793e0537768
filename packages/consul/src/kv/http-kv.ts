import { badRequest } from '../refusals.js';
import type { Transport } from '../transport/transport.js';
import { checkKey, checkValue } from './check-arguments.js';
import type { Kv, KvDeleteOptions, KvSetOptions } from './kv.js';
import { readKey, readNames, readPrefix, toEntries, toEntry, toNames } from './read-kv.js';
import { runTransaction } from './run-transaction.js';

/** The key-value store over HTTP. */
export function createKv(transport: Transport): Kv {
  return {
    get: async (key, options) => toEntry(await readKey(transport, key, options)),
    list: async (prefix, options) => {
      const reply = await readPrefix(transport, prefix, options);
      return { entries: toEntries(reply), index: reply.index ?? 0 };
    },
    keys: async (prefix, options) => toNames(await readNames(transport, prefix, options)),
    set: async (key, value, options) => {
      await write(transport, { key, value, options, doing: 'writing' });
    },
    cas: (...[key, value, cas, options]) =>
      write(transport, { key, value, options, extra: { cas }, doing: 'writing' }),
    acquire: (...[key, value, acquire, options]) =>
      write(transport, { key, value, options, extra: { acquire }, doing: 'locking' }),
    release: (...[key, value, release, options]) =>
      write(transport, { key, value, options, extra: { release }, doing: 'unlocking' }),
    delete: (key, options) => remove(transport, key, options),
    transaction: (operations, options) => runTransaction(transport, operations, options),
  };
}

interface Write {
  readonly key: string;
  readonly value: string;
  readonly options: KvSetOptions | undefined;
  readonly extra?: Readonly<Record<string, string | number>>;
  readonly doing: string;
}

async function write(transport: Transport, { key, value, options, extra, doing }: Write): Promise<boolean> {
  checkKey(key);
  checkValue(key, value);
  const flags = options?.flags === undefined ? {} : { flags: options.flags };
  const reply = await transport.call({
    doing: `${doing} the key "${key}"`,
    options,
    run: (wire, input) => wire.kv.set({ ...input, key, value, ...flags, ...extra }),
  });
  return reply.body === true;
}

async function remove(transport: Transport, key: string, options?: KvDeleteOptions): Promise<boolean> {
  const { cas, recurse = false } = options ?? {};
  if (key === '') throw badRequest('Refusing to delete every key: a key or prefix must not be empty.');
  if (recurse && cas !== undefined)
    throw badRequest('`cas` guards one key: it does not go together with `recurse`.');
  const reply = await transport.call({
    doing: recurse ? `deleting the keys below "${key}"` : `deleting the key "${key}"`,
    options,
    run: (wire, input) => wire.kv.del({ ...input, key, recurse, ...(cas === undefined ? {} : { cas }) }),
  });
  return reply.body === true;
}
