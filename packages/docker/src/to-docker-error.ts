import { classifyAnswer, classifyPull } from './classify.js';
import { ProgressError } from './image-stream.js';
import { DockerError, isDockerError } from './errors.js';
import type { DockerErrorCode } from './errors.js';

/** What the reader of the message can do about it. */
const HINTS: Readonly<Partial<Record<DockerErrorCode, string>>> = {
  DOCKER_UNAVAILABLE: 'Check that the engine runs and that DOCKER_HOST is right.',
  DOCKER_IMAGE_NOT_FOUND: 'Check the name and tag; a private image needs credentials.',
  DOCKER_REGISTRY_UNREACHABLE: 'Check the registry, and the network and proxy of the engine.',
  DOCKER_REGISTRY_AUTH: 'Check the credentials for this registry.',
  DOCKER_REGISTRY_RATE_LIMITED: 'Wait, or pull with credentials that allow more.',
  DOCKER_PORT_IN_USE: 'Free the port or choose another one.',
  DOCKER_SUBNET_OVERLAP: 'Give the network a subnet of its own.',
  DOCKER_NO_SPACE: 'Free space on the disk of the engine.',
};

/** The part of an answer that tells what went wrong. */
interface Refusal {
  readonly statusCode: number;
  readonly text: string;
}

/** Builds the message in the one form that all of this package's errors have. */
export function failure(doing: string, code: DockerErrorCode, cause: FailureCause): DockerError {
  const { text, ...details } = cause;
  const hint = HINTS[code];
  const sentence = `Could not ${doing}: ${text.trim().replace(/[.\s]+$/, '')}.`;
  return new DockerError(code, hint === undefined ? sentence : `${sentence} ${hint}`, details);
}

/** What was said, and what it came with. */
export interface FailureCause {
  readonly text: string;
  readonly cause?: unknown;
  readonly statusCode?: number;
}

/** Turns whatever a call threw into a {@link DockerError}. `doing` completes "Could not …". */
export function toDockerError(error: unknown, doing: string): DockerError {
  if (isDockerError(error)) return error;
  const refusal = refusalOf(error);
  if (refusal !== undefined) {
    const code = classifyAnswer(refusal.statusCode, refusal.text);
    return failure(doing, code, { ...refusal, cause: error });
  }
  return failure(doing, 'DOCKER_UNAVAILABLE', { text: connectionText(error), cause: error });
}

/** The same for a pull, where the registry's words matter more than the engine's status. */
export function toPullError(error: unknown, doing: string): DockerError {
  if (isDockerError(error)) return error;
  if (error instanceof ProgressError) {
    return failure(doing, classifyPull(undefined, error.message), { text: error.message, cause: error });
  }
  const refusal = refusalOf(error);
  if (refusal === undefined) return toDockerError(error, doing);
  return failure(doing, classifyPull(refusal.statusCode, refusal.text), { ...refusal, cause: error });
}

/** dockerode's errors carry the status, and wrap the engine's message in one of their own. */
function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') {
    return undefined;
  }
  const text = error.message.replace(/^\(HTTP code \d+\) \S+ - /, '').trim();
  return { statusCode: error.statusCode, text: text === '' ? `HTTP status ${error.statusCode}` : text };
}

function connectionText(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection to the engine failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'EACCES' || code === 'EPERM') return `no permission to use the engine (${error.message})`;
  return error.message === '' ? `the connection to the engine failed ${code}` : error.message;
}
