import type { CallOptions } from '../call-options.js';
import { ConsulError } from '../consul-error.js';
import { keyRight } from '../transport/needed-right.js';
import { forbiddenAdvice } from '../transport/to-consul-error.js';
import type { Transport } from '../transport/transport.js';
import { expectObject } from '../transport/expect-shape.js';
import { responseWithStatus } from '../transport/response-with-status.js';
import { badRequest, tooLarge } from '../refusals.js';
import { MAX_VALUE_BYTES, checkValue } from './check-arguments.js';
import { decodeEntry } from './decode-entry.js';
import type { RawEntry } from './decode-entry.js';
import { MAX_TRANSACTION_OPS } from './transaction.js';
import type { TransactionOp, TransactionResult } from './transaction.js';

interface RawOutcome {
  readonly Results?: readonly { readonly KV: RawEntry }[] | null;
  readonly Errors?: readonly { readonly OpIndex: number; readonly What: string }[] | null;
}

/** Sends one transaction. Consul answers a refused one with 409 and the same body as a done one. */
export async function runTransaction(
  transport: Transport,
  operations: readonly TransactionOp[],
  options?: CallOptions,
): Promise<TransactionResult> {
  if (operations.length === 0) return { ok: true, entries: [] };
  const body = encode(operations);
  const reply = await transport.call({
    doing: `running a transaction of ${operations.length} operations`,
    options,
    run: (wire, input) => wire.transaction.create(body, input).catch(responseWithStatus(409)),
  });
  const outcome = expectObject(reply) as RawOutcome;
  const errors = outcome.Errors ?? [];
  refuseForbidden(operations, errors);
  if (reply.statusCode === 409 || errors.length > 0) {
    return { ok: false, errors: errors.map(({ OpIndex, What }) => ({ opIndex: OpIndex, message: What })) };
  }
  return { ok: true, entries: (outcome.Results ?? []).map(({ KV }) => decodeEntry(KV)) };
}

/** A missing right is no lost race: it comes with the same status, and would look like one. */
function refuseForbidden(
  operations: readonly TransactionOp[],
  errors: NonNullable<RawOutcome['Errors']>,
): void {
  const denied = errors.find(({ What }) => /permission denied/i.test(What));
  if (denied === undefined) return;
  const operation = operations[denied.OpIndex];
  const right = operation && keyRight(operation.key, READING.has(operation.verb) ? 'read' : 'write');
  throw new ConsulError(
    'CONSUL_FORBIDDEN',
    `Consul refused a transaction (${denied.What}). ${forbiddenAdvice(right)}`,
    { retryable: false, statusCode: 403 },
  );
}

/** Verbs that only read. */
const READING: ReadonlySet<string> = new Set([
  'get',
  'get-tree',
  'check-index',
  'check-session',
  'check-not-exists',
]);

function encode(operations: readonly TransactionOp[]): readonly unknown[] {
  if (operations.length > MAX_TRANSACTION_OPS) {
    throw badRequest(
      `A transaction of ${operations.length} operations: Consul takes at most ${MAX_TRANSACTION_OPS}. Split it.`,
    );
  }
  const body = operations.map(encodeOperation);
  const size = Buffer.byteLength(JSON.stringify(body));
  if (size > MAX_VALUE_BYTES) {
    throw tooLarge(
      `A transaction of ${size} bytes (values count for 4/3 of their size): Consul takes at most ${MAX_VALUE_BYTES}. Split it.`,
    );
  }
  return body;
}

function encodeOperation(operation: TransactionOp): unknown {
  if ('value' in operation) checkValue(operation.key, operation.value);
  return {
    KV: {
      Verb: operation.verb,
      Key: operation.key,
      ...('value' in operation ? { Value: Buffer.from(operation.value).toString('base64') } : {}),
      ...('flags' in operation && operation.flags !== undefined ? { Flags: operation.flags } : {}),
      ...('index' in operation ? { Index: operation.index } : {}),
      ...('session' in operation ? { Session: operation.session } : {}),
    },
  };
}
