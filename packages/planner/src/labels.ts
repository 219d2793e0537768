/** Labels on every container, network and volume of ours. Nothing without them is ever touched. */
export const LABELS = {
  host: 'raftainer.host',
  pod: 'raftainer.pod',
  index: 'raftainer.index',
  container: 'raftainer.container',
  role: 'raftainer.role',
  revision: 'raftainer.revision',
  /** MD5 of the configuration, see `configHash`. */
  config: 'raftainer.config',
  /** Host ports by `containerPort/protocol`, JSON. */
  ports: 'raftainer.ports',
  /** Ids of the GPUs given to the container, JSON. */
  gpus: 'raftainer.gpus',
  /** Time between the stop signal and SIGKILL in milliseconds: what holds once the definition is gone. */
  stopGracePeriod: 'raftainer.stop-grace-period-ms',
  epoch: 'raftainer.epoch',
  /** On containers that must be stopped when the claim can no longer be proven. */
  fenced: 'raftainer.fenced',
  /** The HTTP or TCP check that the container was made for, JSON: a later one says nothing about it. */
  check: 'raftainer.check',
  volume: 'raftainer.volume',
} as const;

/** Meta keys of our Consul services. */
export const SERVICE_META = {
  host: 'raftainer-host',
  pod: 'raftainer-pod',
  index: 'raftainer-index',
  revision: 'raftainer-revision',
  region: 'raftainer-region',
  port: 'raftainer-port',
  epoch: 'raftainer-epoch',
} as const;
