export type { CallOptions } from './call-options.js';
export type { ContainerDetails, HealthLogEntry } from './container-details.js';
export type * from './container-spec.js';
export type * from './container-summary.js';
export type {
  ContainerExit,
  ContainerListOptions,
  Containers,
  RemoveContainerOptions,
} from './containers.js';
export { createDocker } from './docker.js';
export type { Docker, DockerOptions, EngineInfo, EngineVersion } from './docker.js';
export { DOCKER_ERRORS, DockerError, isDockerError } from './errors.js';
export type { DockerErrorCode, DockerErrorDetails } from './errors.js';
export type {
  DockerEvent,
  EngineEvent,
  EventFilters,
  EventOptions,
  EventsConnected,
  EventsDisconnected,
} from './events.js';
export type { ExecOptions, ExecResult, ExecSpec } from './exec.js';
export type * from './images.js';
export type { LogLine, LogOptions } from './logs.js';
export type * from './networks.js';
export type { StopOptions } from './stop-container.js';
export type * from './volumes.js';
