/** Why a connection failed, in Go's words where Go has some. */
export function connectProblem(error: unknown, deadline: AbortSignal): string {
  if (deadline.aborted) return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ECONNREFUSED' && 'address' in error && 'port' in error) {
    return `dial tcp ${String(error.address)}:${String(error.port)}: connect: connection refused`;
  }
  return error.message;
}
