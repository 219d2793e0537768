import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A way to an engine's socket that a test can cut and mend. */
export interface Proxy {
  /** For `createDocker`. */
  readonly host: string;
  /** Ends all connections and takes no more. */
  cut(): Promise<void>;
  /** Takes connections again, on the same port. */
  mend(): Promise<void>;
}

/** Starts a {@link Proxy} on loopback to a unix socket. */
export async function startProxy(socketPath: string): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let server = await listen(0, socketPath, sockets);
  const { port } = server.address() as AddressInfo;
  return {
    host: `tcp://127.0.0.1:${port}`,
    cut: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    mend: async () => {
      server = await listen(port, socketPath, sockets);
    },
  };
}

async function listen(port: number, socketPath: string, sockets: Set<Socket>): Promise<Server> {
  const server = createServer((client) => {
    const upstream = connect(socketPath);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}
