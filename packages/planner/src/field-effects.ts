import type { Container, Pod } from '@raftainer/pod-spec';

/**
 * What a change of a field means for a running slot:
 * `recreate` the container, update `in-place` (read anew whenever it is needed), or `unsupported` so far.
 */
export type FieldEffect = 'recreate' | 'in-place' | 'unsupported';

/** Complete by type: a new field of the definition does not compile until it is placed here. */
export const CONTAINER_FIELD_EFFECTS = {
  name: 'recreate',
  image: 'recreate',
  role: 'in-place',
  command: 'recreate',
  entrypoint: 'recreate',
  user: 'recreate',
  workingDir: 'recreate',
  environment: 'recreate',
  files: 'recreate',
  ports: 'recreate',
  volumes: 'recreate',
  resources: 'recreate',
  healthCheck: 'recreate',
  dependsOn: 'in-place',
  capAdd: 'recreate',
  capDrop: 'recreate',
  privileged: 'recreate',
  readOnly: 'recreate',
  securityOpt: 'recreate',
  pull: 'in-place',
  registry: 'unsupported',
  logging: 'recreate',
  ulimits: 'recreate',
  init: 'recreate',
  extraHosts: 'recreate',
  dns: 'recreate',
  stopSignal: 'recreate',
} as const satisfies Readonly<Record<keyof Container, FieldEffect>>;

/** The same for the fields of the pod itself. */
export const POD_FIELD_EFFECTS = {
  name: 'recreate',
  kind: 'in-place',
  instances: 'in-place',
  schedule: 'unsupported',
  constraints: 'in-place',
  affinities: 'in-place',
  spread: 'in-place',
  placement: 'in-place',
  exclusive: 'recreate',
  onDisconnect: 'recreate',
  update: 'unsupported',
  restart: 'in-place',
  stopGracePeriodMs: 'in-place',
  volumes: 'recreate',
  labels: 'recreate',
  vault: 'recreate',
  containers: 'in-place',
} as const satisfies Readonly<Record<keyof Pod, FieldEffect>>;
