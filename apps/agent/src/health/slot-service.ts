import { aliasCheckIdOf, SERVICE_META } from '@raftainer/planner';

import type { ServiceDefinition } from '@raftainer/consul';
import type { ServicePlan } from '@raftainer/planner';

/** What a registration says beyond its plan. */
export interface SlotServiceState {
  /** Of the claim. */
  readonly epoch: number | undefined;
  /** In which it begins, so that a rewritten registration does not blink. */
  readonly status: 'passing' | 'critical';
  /** Id of the service of this host that it follows. */
  readonly heartbeat: string;
}

/** A slot's own check is told of changes only, and once in a while so that it never lapses by itself. */
export const SLOT_CHECK_TTL_MS = 24 * 3_600_000;
/** A slot that nobody has looked after for so long is no longer this host's to advertise. */
const DEREGISTER_AFTER_MS = 3_600_000;

/** The registration of a slot's service: critical when the slot is not well, or when nobody looks after its host. */
export function slotService(
  service: ServicePlan,
  { epoch, status, heartbeat }: SlotServiceState,
): ServiceDefinition {
  const { checkId, meta, ...definition } = service;
  const own = { checkId, name: `${service.id} is healthy`, ttlMs: SLOT_CHECK_TTL_MS, status };
  const alias = {
    checkId: aliasCheckIdOf(service.id),
    name: `somebody looks after ${service.id}`,
    aliasService: heartbeat,
    status: 'passing',
    deregisterAfterMs: DEREGISTER_AFTER_MS,
  } as const;
  const epochMeta: Record<string, string> =
    epoch === undefined ? {} : { [SERVICE_META.epoch]: String(epoch) };
  return { ...definition, meta: { ...meta, ...epochMeta }, checks: [own, alias] };
}
