/** A request that is answered with errors: the status and the texts that Vault gives. */
export class VaultFault extends Error {
  override readonly name = 'VaultFault';
  /** The `errors` of the answer. Empty for what is simply not there. */
  readonly errors: readonly string[];

  constructor(
    readonly status: number,
    ...errors: readonly string[]
  ) {
    super(errors.join('; '));
    this.errors = errors;
  }
}

/** True for a {@link VaultFault}. It never leaves this package, so one class is enough. */
export function isVaultFault(error: unknown): error is VaultFault {
  return error instanceof VaultFault;
}

/** Nothing is there: 404 with no text at all. */
export function notFound(): VaultFault {
  return new VaultFault(404);
}

/** What Vault calls an invalid request. */
export function badRequest(text: string): VaultFault {
  return new VaultFault(400, text);
}

/** The token is not known, or what it asks for is nobody's business. */
export function denied(): VaultFault {
  return new VaultFault(403, 'permission denied');
}

/** Errors from behind Vault's router come in this wrapping. */
export function wrapped(status: number, text: string): VaultFault {
  return new VaultFault(status, `1 error occurred:\n\t* ${text}\n\n`);
}
