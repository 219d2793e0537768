import { Fault } from '../wire/fault.js';
import { goFields, parseJsonBody } from '../wire/go-fields.js';

/** One operation of a transaction. What a verb does not use keeps its zero value. */
export interface KvOperation {
  readonly verb: string;
  readonly key: string;
  readonly value: Buffer;
  readonly flags: bigint;
  readonly index: number;
  readonly session: string;
}

/** Consul's limit on the operations of one transaction. */
const MAX_OPERATIONS = 64;
const PROBLEM = 'Failed to parse body: ';
const KV_FIELDS = ['Verb', 'Key', 'Value', 'Flags', 'Index', 'Session', 'Namespace'];
const WRITING_VERBS = new Set(['set', 'cas', 'lock', 'unlock', 'delete', 'delete-tree', 'delete-cas']);

/** The operations in the body of `/v1/txn`. */
export function parseTransaction(body: Buffer): readonly KvOperation[] {
  const parsed = parseJsonBody(body, PROBLEM);
  if (!Array.isArray(parsed)) {
    throw new Fault(400, `${PROBLEM}json: cannot unmarshal object into Go value of type api.TxnOps`);
  }
  if (parsed.length > MAX_OPERATIONS) {
    throw new Fault(413, `Transaction contains too many operations (${parsed.length} > ${MAX_OPERATIONS})`);
  }
  return parsed.map(parseOperation);
}

/** True when the operation may change the state. */
export function isWrite(operation: KvOperation): boolean {
  return WRITING_VERBS.has(operation.verb);
}

function parseOperation(value: unknown): KvOperation {
  const outer = goFields(value, ['KV', 'Node', 'Service', 'Check'], { strict: true, problem: PROBLEM });
  const kv = outer.object('KV');
  if (kv === undefined) {
    throw new Fault(
      400,
      `${PROBLEM}the embedded server carries out KV operations only, not Node, Service or Check`,
    );
  }
  const fields = goFields(kv, KV_FIELDS, { strict: true, problem: PROBLEM });
  return {
    verb: fields.text('Verb') ?? '',
    key: fields.text('Key') ?? '',
    value: decodeBase64(fields.text('Value') ?? ''),
    flags: BigInt(fields.integer('Flags') ?? 0),
    index: fields.integer('Index') ?? 0,
    session: fields.text('Session') ?? '',
  };
}

function decodeBase64(text: string): Buffer {
  const strange = text.search(/[^A-Za-z0-9+/=\r\n]/);
  if (strange >= 0) throw new Fault(400, `${PROBLEM}illegal base64 data at input byte ${strange}`);
  return Buffer.from(text, 'base64');
}
