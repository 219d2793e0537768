import { StringDecoder } from 'node:string_decoder';

import type { Socket } from 'node:net';

/** Calls back with every JSON line that a socket brings; a line that is none ends the connection. */
export function onMessages(socket: Socket, receive: (message: unknown) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  socket.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = parse(line);
      if (message === undefined) socket.destroy();
      else receive(message);
    }
  });
}

/** Sends a message; one to a socket that is closing is dropped. */
export function sendMessage(socket: Socket, message: unknown): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
