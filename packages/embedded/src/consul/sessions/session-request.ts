import { randomUUID } from 'node:crypto';
import type { Session, SessionBehavior } from '../state/records.js';
import { Fault } from '../wire/fault.js';
import { goFields, parseJsonBody, type GoFields } from '../wire/go-fields.js';
import { durationProblem, parseGoDuration } from '../../wire/go-duration.js';

const NS_PER_SECOND = 1e9;
const NS_PER_MS = 1e6;
const DEFAULT_LOCK_DELAY_NS = 15 * NS_PER_SECOND;
/** A lock delay below this many nanoseconds is taken for seconds, as Consul does. */
const LOCK_DELAY_IN_SECONDS_BELOW = 1000;
const MIN_TTL_NS = 10 * NS_PER_SECOND;
const MAX_TTL_NS = 86_400 * NS_PER_SECOND;

const FIELDS = [
  'ID',
  'Name',
  'Node',
  'TTL',
  'LockDelay',
  'Behavior',
  'Checks',
  'NodeChecks',
  'ServiceChecks',
];

/** The session that the body of `/v1/session/create` asks for; an empty body asks for the defaults. */
export function parseSession(body: Buffer, nodeName: string): Omit<Session, 'createIndex' | 'modifyIndex'> {
  const fields = goFields(body.length === 0 ? {} : parseJsonBody(body), FIELDS);
  const ttl = fields.text('TTL') ?? '';
  return {
    id: randomUUID(),
    name: fields.text('Name') ?? '',
    node: fields.text('Node') ?? nodeName,
    lockDelayNs: lockDelay(fields),
    behavior: behavior(fields.text('Behavior') ?? ''),
    ttl,
    ttlMs: ttlMs(ttl),
    nodeChecks: fields.texts('NodeChecks') ?? ['serfHealth'],
    serviceChecks: fields.objects('ServiceChecks')?.map((check) => goFields(check, ['ID']).text('ID') ?? ''),
    checks: fields.texts('Checks'),
  };
}

function lockDelay(fields: GoFields): number {
  const nanoseconds = fields.durationNs('LockDelay') ?? DEFAULT_LOCK_DELAY_NS;
  return nanoseconds < LOCK_DELAY_IN_SECONDS_BELOW ? nanoseconds * NS_PER_SECOND : nanoseconds;
}

function behavior(text: string): SessionBehavior {
  if (text === '' || text === 'release') return 'release';
  if (text === 'delete') return text;
  throw new Fault(500, `Invalid Behavior setting '${text}'`);
}

function ttlMs(text: string): number {
  if (text === '') return 0;
  const nanoseconds = parseGoDuration(text);
  if (nanoseconds === undefined)
    throw new Fault(500, `Session TTL '${text}' invalid: ${durationProblem(text)}`);
  if (nanoseconds !== 0 && (nanoseconds < MIN_TTL_NS || nanoseconds > MAX_TTL_NS)) {
    throw new Fault(500, `Invalid Session TTL '${nanoseconds}', must be between [10s=24h0m0s]`);
  }
  return nanoseconds / NS_PER_MS;
}
