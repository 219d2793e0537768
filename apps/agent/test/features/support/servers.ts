/** A container that answers each port with the port's number, in `image` that has Node. */
export function portEcho(image: string, listen: readonly number[], changes: object = {}): object {
  const script = `for (const port of ${JSON.stringify(listen)}) require('node:http').createServer((_, r) => r.end(String(port))).listen(port)`;
  return { name: 'app', image, command: ['node', '-e', script], init: true, ...changes };
}

/** The answer of an HTTP server, or `refused` when nothing listens. */
export async function answerOf(address: string, port: number): Promise<string> {
  try {
    const response = await fetch(`http://${address}:${String(port)}/`, {
      signal: AbortSignal.timeout(5_000),
    });
    return await response.text();
  } catch {
    return 'refused';
  }
}
