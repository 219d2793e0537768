import type { Container, HttpHealthCheck, TcpHealthCheck } from '@raftainer/pod-spec';

/** A check that the agent makes itself; the others are Docker's. */
export type ProbeCheck = HttpHealthCheck | TcpHealthCheck;

/** The agent's own check of a container of the definition. */
export function probeCheckOf({ healthCheck }: Container): ProbeCheck | undefined {
  return healthCheck?.type === 'http' || healthCheck?.type === 'tcp' ? healthCheck : undefined;
}

/** The check that a container's label tells; undefined when there is none, or it is not one of ours. */
export function readProbeCheck(label: string | undefined): ProbeCheck | undefined {
  try {
    const value: unknown = JSON.parse(label ?? 'null');
    return isProbeCheck(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a container was made for this check. Fields that its agent did not know are no difference. */
export function isMadeFor(made: ProbeCheck, wanted: ProbeCheck | undefined): boolean {
  const fields: Readonly<Record<string, unknown>> = { ...wanted };
  return Object.entries(made).every(([name, value]) => fields[name] === value);
}

const TIMES = ['intervalMs', 'timeoutMs', 'startPeriodMs', 'threshold', 'port'] as const;

function isProbeCheck(value: unknown): value is ProbeCheck {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  const { type, path } = fields;
  if (!TIMES.every((name) => Number.isFinite(fields[name]))) return false;
  return type === 'tcp' || (type === 'http' && typeof path === 'string');
}
