import type { ParseResult, Problem } from '@raftainer/pod-spec';
import { parsePodText } from '@raftainer/pod-spec';
import { isPodName } from './keys.js';

/** The pod in a stored text, or every problem with it; never throws. */
export function parseRecord(name: string, text: string): ParseResult {
  if (!isPodName(name)) {
    return bad({ path: '', message: badKeyMessage(name) });
  }
  const [document] = parsePodText(text, { format: 'json' });
  if (document === undefined) {
    return bad({ path: '', message: 'the value is empty; expected a pod definition in JSON' });
  }
  const { result } = document;
  if (!result.ok || result.pod.name === name) {
    return result;
  }
  return bad({
    path: 'name',
    message: `is "${result.pod.name}", but the definition is stored under the name "${name}"; they must be equal`,
  });
}

function badKeyMessage(name: string): string {
  return name.includes('/')
    ? `the key has more than one segment after the folder ("${name}"); a definition is stored under the pod's name`
    : `the key ends in "${name}", which cannot name a pod: use 1 to 63 of a-z, 0-9 and "-", not at the ends`;
}

function bad(problem: Problem): ParseResult {
  return { ok: false, problems: [problem] };
}
