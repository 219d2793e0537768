import type { DockerErrorCode } from './errors.js';

/** How a text of the engine becomes a code. */
interface TextRule {
  readonly code: DockerErrorCode;
  readonly pattern: RegExp;
}

/**
 * The engine gives many different failures the same status (500 for a taken port, 403 for a taken subnet), so its words
 * decide first. They come from the sources of moby 20.10 to 28; tests provoke each on a real engine where possible.
 */
const ANSWER_RULES: readonly TextRule[] = [
  {
    code: 'DOCKER_PORT_IN_USE',
    pattern: /port is already allocated|address already in use|ports are not available/i,
  },
  {
    code: 'DOCKER_SUBNET_OVERLAP',
    pattern:
      /pool overlaps|non-overlapping .*address pool|address pools have been fully subnetted|networks have overlapping|conflicts with network/i,
  },
  { code: 'DOCKER_NO_SPACE', pattern: /no space left on device/i },
  { code: 'DOCKER_IMAGE_NOT_FOUND', pattern: /no such image/i },
  { code: 'DOCKER_CONFLICT', pattern: /has active endpoints|already exists in network/i },
];

/** What registries, and the engine about them, say. The first rule that matches wins. */
const PULL_RULES: readonly TextRule[] = [
  { code: 'DOCKER_NO_SPACE', pattern: /no space left on device/i },
  { code: 'DOCKER_REGISTRY_RATE_LIMITED', pattern: /toomanyrequests|too many requests|rate limit/i },
  {
    code: 'DOCKER_IMAGE_NOT_FOUND',
    pattern:
      /manifest unknown|manifest for .+ not found|pull access denied|name unknown|repository .+ not found|no matching manifest|no such image/i,
  },
  {
    code: 'DOCKER_REGISTRY_AUTH',
    pattern:
      /unauthorized|authentication required|no basic auth credentials|incorrect username or password|denied|status:? 40[13]\b|40[13] (unauthorized|forbidden)/i,
  },
  {
    code: 'DOCKER_REGISTRY_UNREACHABLE',
    pattern:
      /dial tcp|connection refused|connection reset|no such host|i\/o timeout|no route to host|network is unreachable|timeout exceeded|handshake timeout|deadline exceeded|request canceled|HTTP response to HTTPS client|x509:|tls:|proxyconnect|: EOF$|unexpected EOF|50[0234] |status:? 50\d/i,
  },
];

/** The code of a refusal by the engine. */
export function classifyAnswer(statusCode: number, text: string): DockerErrorCode {
  return match(ANSWER_RULES, text) ?? byStatus(statusCode);
}

/** The code of a failed pull; the status is absent when the failure came within the progress. */
export function classifyPull(statusCode: number | undefined, text: string): DockerErrorCode {
  if (statusCode === 400) return 'DOCKER_BAD_REQUEST';
  return match(PULL_RULES, text) ?? (statusCode === 404 ? 'DOCKER_IMAGE_NOT_FOUND' : 'DOCKER_PULL_FAILED');
}

function match(rules: readonly TextRule[], text: string): DockerErrorCode | undefined {
  return rules.find((rule) => rule.pattern.test(text))?.code;
}

function byStatus(statusCode: number): DockerErrorCode {
  if (statusCode === 404) return 'DOCKER_NOT_FOUND';
  if (statusCode === 409) return 'DOCKER_CONFLICT';
  // A proxy in front of the engine says so when the engine behind it is away.
  if (statusCode === 502 || statusCode === 504) return 'DOCKER_UNAVAILABLE';
  return statusCode >= 400 && statusCode < 500 ? 'DOCKER_BAD_REQUEST' : 'DOCKER_SERVER_ERROR';
}
