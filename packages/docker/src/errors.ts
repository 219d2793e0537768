/** Every code that a {@link DockerError} can carry, with what it means. */
export const DOCKER_ERRORS = {
  DOCKER_UNAVAILABLE:
    'The engine does not answer: not running, restarting, or not reachable with these rights.',
  DOCKER_TIMEOUT: 'The engine did not answer within the deadline of the call.',
  DOCKER_ABORTED: 'The caller gave up through its abort signal, or the client was closed.',
  DOCKER_CONFIG_INVALID: 'The address or the certificates of the engine cannot be used.',
  DOCKER_NOT_FOUND: 'The container, network, volume or exec instance does not exist.',
  DOCKER_CONFLICT: 'The name is taken, or the object is in a state or in use in a way that forbids this.',
  DOCKER_IMAGE_NOT_FOUND: 'The image is not on this host, or its registry does not have it.',
  DOCKER_PULL_FAILED: 'Pulling the image failed for a reason that is none of the others.',
  DOCKER_PULL_STALLED: 'Pulling the image made no progress for too long, and was given up.',
  DOCKER_REGISTRY_UNREACHABLE: 'The registry of the image could not be reached.',
  DOCKER_REGISTRY_AUTH: 'The registry of the image refuses these credentials, or wants some.',
  DOCKER_REGISTRY_RATE_LIMITED: 'The registry of the image allows no more pulls for now.',
  DOCKER_PORT_IN_USE: 'A host port that the container publishes is taken.',
  DOCKER_SUBNET_OVERLAP: 'The subnet of the network overlaps another, or the address pools are used up.',
  DOCKER_NO_SPACE: 'The disk of the host is full.',
  DOCKER_BAD_REQUEST: 'The engine refuses the request as it is; the same request will be refused again.',
  DOCKER_SERVER_ERROR: 'The engine failed on its own.',
} as const satisfies Readonly<Record<string, string>>;

/** Stable, documented reason of a failure; the keys of {@link DOCKER_ERRORS}. */
export type DockerErrorCode = keyof typeof DOCKER_ERRORS;

/** Failures that the same call may not meet again a little later, with nothing changed by the caller. */
const RETRYABLE: ReadonlySet<DockerErrorCode> = new Set([
  'DOCKER_UNAVAILABLE',
  'DOCKER_TIMEOUT',
  'DOCKER_PULL_FAILED',
  'DOCKER_PULL_STALLED',
  'DOCKER_REGISTRY_UNREACHABLE',
  'DOCKER_REGISTRY_RATE_LIMITED',
  'DOCKER_PORT_IN_USE',
  'DOCKER_NO_SPACE',
  'DOCKER_SERVER_ERROR',
]);

/** What a {@link DockerError} may carry besides its code and message. */
export interface DockerErrorDetails {
  readonly cause?: unknown;
  /** HTTP status of the engine's answer, when there was one. */
  readonly statusCode?: number;
}

/** Every error of this package. The message says what happened, to what, and what to do next. */
export class DockerError extends Error {
  override readonly name = 'DockerError';
  readonly code: DockerErrorCode;
  /** Whether the same call may succeed later without the caller changing anything. */
  readonly retryable: boolean;
  /** HTTP status of the engine's answer, when there was one. */
  readonly statusCode: number | undefined;

  constructor(code: DockerErrorCode, message: string, details: DockerErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryable = RETRYABLE.has(code);
    this.statusCode = details.statusCode;
  }
}

/**
 * Tells a {@link DockerError} by name and code, not by class: an ESM and a CommonJS copy of this package in one
 * process have two classes.
 */
export function isDockerError(error: unknown): error is DockerError {
  if (typeof error !== 'object' || error === null) return false;
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  return name === 'DockerError' && typeof code === 'string' && Object.hasOwn(DOCKER_ERRORS, code);
}
