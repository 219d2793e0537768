import {
  compareAndDelete,
  compareAndSet,
  deleteKey,
  deleteTree,
  lockDelayed,
  lockKey,
  setKey,
  unlockKey,
} from '../kv/kv-writes.js';
import type { KvEntry } from '../state/records.js';
import type { StateWriter } from '../state/state-writer.js';
import type { Store } from '../state/store.js';
import { Fault, isFault } from '../wire/fault.js';
import { showKv, showKvWritten } from '../wire/show-kv.js';
import type { KvOperation } from './txn-request.js';

/** Why one operation failed. */
export interface TransactionProblem {
  readonly OpIndex: number;
  readonly What: string;
}

/** All results, or all problems: a transaction happens wholly or not at all. */
export interface TransactionOutcome {
  readonly results: readonly { readonly KV: unknown }[];
  readonly problems: readonly TransactionProblem[];
}

/**
 * Runs the operations in order as one write. All are tried, so that every problem is reported at once; if there
 * is one, nothing remains.
 */
export function runTransaction(
  store: Store,
  operations: readonly KvOperation[],
  nowMs: number,
): TransactionOutcome {
  return store.write((state) => {
    const refused = collect(operations, (operation) => {
      requireAllowed(state, operation, nowMs);
      return [];
    });
    if (refused.problems.length > 0) return refused;
    const outcome = collect(
      operations,
      (operation) => VERBS[operation.verb]?.(state, operation) ?? unknown(operation),
    );
    if (outcome.problems.length > 0) state.cancel();
    return outcome;
  });
}

function collect(
  operations: readonly KvOperation[],
  run: (operation: KvOperation) => readonly unknown[],
): TransactionOutcome {
  const results: { readonly KV: unknown }[] = [];
  const problems: TransactionProblem[] = [];
  for (const [position, operation] of operations.entries()) {
    try {
      results.push(...run(operation).map((KV) => ({ KV })));
    } catch (error) {
      if (!isFault(error)) throw error;
      problems.push({ OpIndex: position, What: error.message });
    }
  }
  return { results, problems };
}

function requireAllowed(state: StateWriter, operation: KvOperation, nowMs: number): void {
  const { verb, key } = operation;
  if (key === '' && verb !== 'delete-tree') throw failed('Must provide key');
  if (verb === 'lock' && lockDelayed(state, key, nowMs)) {
    throw failed(`failed to lock key ${JSON.stringify(key)} due to lock delay`);
  }
}

type Verb = (state: StateWriter, operation: KvOperation) => readonly unknown[];

const VERBS: Readonly<Record<string, Verb | undefined>> = {
  set: (state, operation) => [showKvWritten(setKey(state, operation))],
  cas: (state, operation) =>
    written(compareAndSet(state, operation, operation.index), () => setProblem(operation)),
  lock: (state, operation) =>
    written(lockKey(state, operation), () => `failed to lock key ${quoted(operation)}, lock is already held`),
  unlock: (state, operation) =>
    written(
      unlockKey(state, operation),
      () => `failed to unlock key ${quoted(operation)}, lock isn't held, or is held by another session`,
    ),
  get: (state, operation) => [
    showKv(existing(state, operation, () => `key ${quoted(operation)} doesn't exist`)),
  ],
  'get-tree': (state, operation) => state.list('kv', operation.key).map(showKv),
  'check-index': checkIndex,
  'check-session': checkSession,
  'check-not-exists': (state, operation) => {
    if (state.get('kv', operation.key) !== undefined) throw failed(`key ${quoted(operation)} exists`);
    return [];
  },
  delete: (state, operation) => {
    deleteKey(state, operation.key);
    return [];
  },
  'delete-tree': (state, operation) => {
    deleteTree(state, operation.key);
    return [];
  },
  'delete-cas': (state, operation) => {
    if (compareAndDelete(state, operation.key, operation.index)) return [];
    throw failed(`failed to delete key ${quoted(operation)}, index is stale`);
  },
};

function checkIndex(state: StateWriter, operation: KvOperation): readonly unknown[] {
  const entry = existing(
    state,
    operation,
    () => `failed to check index, key ${quoted(operation)} doesn't exist`,
  );
  if (entry.modifyIndex === operation.index) return [showKvWritten(entry)];
  throw failed(
    `failed index check for key ${quoted(operation)}, current modify index ${entry.modifyIndex} != ${operation.index}`,
  );
}

function checkSession(state: StateWriter, operation: KvOperation): readonly unknown[] {
  const entry = existing(
    state,
    operation,
    () => `failed to check session, key ${quoted(operation)} doesn't exist`,
  );
  const session = entry.session ?? '';
  if (session === operation.session) return [showKvWritten(entry)];
  throw failed(
    `failed session check for key ${quoted(operation)}, current session ${JSON.stringify(session)} != ${JSON.stringify(operation.session)}`,
  );
}

function setProblem(operation: KvOperation): string {
  return `failed to set key ${quoted(operation)}, index is stale`;
}

function written(entry: KvEntry | undefined, problem: () => string): readonly unknown[] {
  if (entry === undefined) throw failed(problem());
  return [showKvWritten(entry)];
}

function existing(state: StateWriter, operation: KvOperation, problem: () => string): KvEntry {
  const entry = state.get('kv', operation.key);
  if (entry === undefined) throw failed(problem());
  return entry;
}

function unknown(operation: KvOperation): never {
  throw failed(`unknown KV verb ${JSON.stringify(operation.verb)}`);
}

function quoted(operation: KvOperation): string {
  return JSON.stringify(operation.key);
}

function failed(what: string): Fault {
  return new Fault(409, what);
}
