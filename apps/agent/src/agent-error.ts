/** Every code the agent itself throws, with what it means. `docs/errors.md` is made from it. */
export const AGENT_ERRORS = {
  AGENT_CONFIG_INVALID: 'Environment variables make no sense; all problems are listed at once.',
  AGENT_ARGUMENTS_INVALID: 'The command line of the agent has an option that does not exist.',
  AGENT_STATE_DIR_IN_USE: 'Another agent on this machine uses the same state directory.',
  AGENT_STATE_DIR_UNUSABLE: 'The state directory cannot be created, read or written.',
  AGENT_HOSTNAME_TAKEN: 'Another agent of the cluster runs under the same host name.',
  AGENT_NO_SESSION: 'There is no Consul session at the moment; nothing is claimed or changed without one.',
  AGENT_LEASE_UNPROVEN:
    'Consul has not confirmed the claims of this host for too long, or the claim of this slot went with its session: nothing exclusive is started until it has, or until the slot is claimed again.',
  AGENT_GUARD_MISSING:
    'A guard of this host is missing: nothing exclusive is started without it, because nobody might be left to stop it.',
  AGENT_REQUEST_UNKNOWN:
    'The command line asked this agent for something it does not know; they are of different versions.',
  AGENT_STOP_OVERDUE:
    'The agent was told to stop and leave its pods running, and something under way did not come to an end.',
  AGENT_CLAIM_NOT_ACQUIRED: 'The slot went to another host, or its lock delay still runs.',
  AGENT_CONTAINER_FAILED: 'A container that should complete ended with an error.',
  AGENT_DEPENDENCY_UNHEALTHY: 'A container that another one depends on became unhealthy or ended.',
  AGENT_VAULT_NOT_CONFIGURED: 'A pod has secrets from Vault, and this agent knows no Vault.',
  AGENT_SECRET_MISSING: 'A secret, or a key of it, is not in Vault.',
  AGENT_SECRET_DENIED: 'Vault does not allow a secret to be read, or refuses to make what was asked for.',
  AGENT_SECRET_UNAVAILABLE:
    'Vault cannot be reached, is sealed, or refuses the login: it gives no secrets at the moment.',
  AGENT_SECRET_UNUSABLE: 'A secret is too large, or binary where only text can be given.',
  AGENT_SECRET_OWNER_UNKNOWN: 'A file is to belong to a user or group that the image does not have.',
  AGENT_SECRETS_DIR_UNUSABLE:
    "The folder for files of pods is not in memory, not seen by the engine, not writable, or not its owner's alone.",
} as const satisfies Readonly<Record<string, string>>;

export type AgentErrorCode = keyof typeof AGENT_ERRORS;

/** A failure of the agent itself; those of Docker and Consul pass through as they are. */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly code: AgentErrorCode;
  readonly retryable: boolean;

  constructor(
    code: AgentErrorCode,
    message: string,
    options: ErrorOptions & { readonly retryable?: boolean } = {},
  ) {
    super(message, options);
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** The stable code of whatever was thrown. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}

/** What it says, in one line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
