import type { Server } from 'node:http';
import { Duplex } from 'node:stream';

const LIST = 'LIST ';

/**
 * Vault's clients list folders with the method LIST, which Node's HTTP parser does not know. Such a request is handed to
 * the server anew as `GET …?list=true`, on a connection that ends with the answer. False when it is no such request.
 */
export function acceptList(server: Server, error: Error, socket: Duplex): boolean {
  const packet = unreadable(error);
  if (packet?.toString('latin1', 0, LIST.length) !== LIST) return false;
  const connection = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => socket.write(chunk, done),
    final: (done) => socket.end(done),
  });
  // The parser that gave up must not see what follows.
  socket.removeAllListeners('data');
  socket.on('data', (chunk: Buffer) => connection.push(chunk));
  socket.once('close', () => connection.destroy());
  connection.push(Buffer.from(asGet(packet.toString('latin1')), 'latin1'));
  server.emit('connection', connection);
  return true;
}

/** What the parser could not read, if the method was the reason. */
function unreadable(error: Error): Buffer | undefined {
  if (!('code' in error) || error.code !== 'HPE_INVALID_METHOD') return undefined;
  return 'rawPacket' in error && Buffer.isBuffer(error.rawPacket) ? error.rawPacket : undefined;
}

function asGet(packet: string): string {
  const end = packet.indexOf('\r\n');
  const [, target = '/', version = 'HTTP/1.1'] = packet.slice(0, end).split(' ');
  const query = target.includes('?') ? '&list=true' : '?list=true';
  const rest = packet.slice(end).replace(/\r\nconnection:[^\r\n]*/i, '');
  return `GET ${target}${query} ${version}\r\nConnection: close${rest}`;
}
