import type { CallOptions, Kv, KvEntry } from '@raftainer/consul';
import type { Pod } from '@raftainer/pod-spec';
import { formatProblems } from '@raftainer/pod-spec';
import { ClusterError } from './cluster-error.js';
import { checkSize } from './encode.js';
import { setNumberMember } from './json-edit.js';
import { parseRecord } from './parse-record.js';
import type { ScaleResult } from './pods.js';

/** How often a lost race is run again. */
const ATTEMPTS = 20;

interface ScaleRequest {
  readonly kv: Kv;
  readonly key: string;
  readonly name: string;
  readonly instances: number;
}

/** Read, change one number, write if nobody wrote in between; else again. */
export async function scalePod(request: ScaleRequest, options?: CallOptions): Promise<ScaleResult> {
  const { kv, key, name, instances: to } = request;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const entry = await kv.get(key, options);
    const from = currentPod(name, entry).instances;
    if (from === to) {
      return { name, from, to, changed: false };
    }
    const text = checkSize(
      `the definition of pod "${name}"`,
      setNumberMember(entry?.value ?? '', 'instances', to),
    );
    parsed(name, text, `cannot have ${to} instances`);
    if (await kv.cas(key, text, entry?.modifyIndex ?? 0, options)) {
      return { name, from, to, changed: true };
    }
  }
  throw new ClusterError(
    'CLUSTER_CONFLICT',
    `others changed the definition of pod "${name}" ${ATTEMPTS} times while it was being scaled; try again`,
    { retryable: true },
  );
}

function currentPod(name: string, entry: KvEntry | undefined): Pod {
  if (entry === undefined) {
    throw new ClusterError('CLUSTER_POD_NOT_FOUND', `there is no pod "${name}"; apply its definition first`);
  }
  return parsed(name, entry.value, 'is not valid as it is stored; apply a corrected definition first');
}

function parsed(name: string, text: string, what: string): Pod {
  const result = parseRecord(name, text);
  if (!result.ok) {
    throw new ClusterError(
      'CLUSTER_POD_INVALID',
      `pod "${name}" ${what}: ${formatProblems(result.problems)}`,
    );
  }
  return result.pod;
}
