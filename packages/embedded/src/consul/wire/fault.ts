/** A request that is answered with an error: the status and the text that Consul gives. */
export class Fault extends Error {
  override readonly name = 'Fault';

  constructor(
    readonly status: number,
    message: string,
    /** More headers of the answer. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** True for a {@link Fault}. It never leaves this package, so one class is enough. */
export function isFault(error: unknown): error is Fault {
  return error instanceof Fault;
}
