import type { PodRecord } from '@raftainer/cluster';
import { canonicalForm } from '@raftainer/pod-spec';
import type { Pod } from '@raftainer/pod-spec';
import type { FieldChange } from './diff-pods.js';
import { diffPods } from './diff-pods.js';
import type { SavedPod } from './plan-file.js';

/** A definition that is not any more what a plan saw. */
export interface ChangedSince {
  readonly pod: string;
  /** Modify indexes; 0: no definition. */
  readonly seen: number;
  readonly now: number;
  readonly fields: readonly FieldChange[];
  /** In a sentence. */
  readonly message: string;
}

/** What of the definitions has changed since a plan saw them. What is already as planned has not. Pure. */
export function changedSince(
  saved: readonly SavedPod[],
  stored: readonly PodRecord[],
): readonly ChangedSince[] {
  return saved.flatMap((pod) => {
    const record = stored.find(({ name }) => name === pod.name);
    const now = record?.modifyIndex ?? 0;
    const current = record?.result.ok === true ? record.result.pod : undefined;
    const isDone = current !== undefined && canonicalForm(current) === canonicalForm(pod.pod);
    if (now === pod.seen || isDone) return [];
    const fields =
      pod.before === undefined || current === undefined ? [] : diffPods(pod.before as Pod, plain(current));
    return [{ pod: pod.name, seen: pod.seen, now, fields, message: sentence(pod, now, fields) }];
  });
}

/** As it comes back from a file. */
function plain(pod: Pod): Pod {
  return JSON.parse(canonicalForm(pod)) as Pod;
}

function sentence({ name, seen }: SavedPod, now: number, fields: readonly FieldChange[]): string {
  if (seen === 0) return `pod "${name}" was created (index ${now})`;
  if (now === 0) return `pod "${name}" was removed`;
  const paths = fields.map(({ path }) => path).join(', ');
  return `pod "${name}" was changed (index ${seen}, now ${now})${paths === '' ? '' : `: ${paths}`}`;
}
