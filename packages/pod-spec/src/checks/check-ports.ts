import { duplicates } from './duplicates.js';
import { numberOf, textOf } from './outline.js';

import type { Located, Outline } from './outline.js';
import type { Problem } from '../problem.js';

/** Ports that clash within the pod, and fields of a port that contradict each other. */
export function checkPorts({ containers }: Outline): readonly Problem[] {
  const all = containers.flatMap(({ ports }) => ports);
  return [
    ...duplicates(
      'the port name',
      all.map(({ path, fields }) => ({ path: `${path}.name`, value: textOf(fields.name) })),
    ),
    ...containers.flatMap(({ ports }) =>
      duplicates(
        'the port',
        ports.map((port) => numbered(port, 'containerPort')),
      ),
    ),
    ...duplicates(
      'the host port',
      all.map((port) => numbered(port, 'hostPort')),
    ),
    ...all.flatMap(contradictions),
  ];
}

function numbered(
  { path, fields }: Located,
  field: 'containerPort' | 'hostPort',
): { path: string; value?: string } {
  const number = numberOf(fields[field]);
  const protocol = textOf(fields.protocol) ?? 'tcp';
  return { path: `${path}.${field}`, value: number === undefined ? undefined : `${number}/${protocol}` };
}

function contradictions({ path, fields }: Located): readonly Problem[] {
  const published = (textOf(fields.publish) ?? 'none') !== 'none';
  const problems: Problem[] = [];
  if (fields.hostPort !== undefined && !published) {
    problems.push({
      path: `${path}.hostPort`,
      message: 'the port is not published',
      suggestion: 'add publish: internal or publish: external',
    });
  }
  if (fields.hostname !== undefined && !published) {
    problems.push({
      path: `${path}.hostname`,
      message: 'the port is not published, so no ingress reaches it',
      suggestion: 'add publish: internal',
    });
  }
  if (fields.hostname !== undefined && fields.name === undefined) {
    problems.push({
      path: `${path}.hostname`,
      message: 'the port has no name, so it is no service of its own that an ingress could find',
      suggestion: 'add a name',
    });
  }
  if (fields.hostname !== undefined && fields.protocol === 'udp') {
    problems.push({
      path: `${path}.hostname`,
      message: 'a host name is for HTTP, which is not spoken over udp',
    });
  }
  return problems;
}
