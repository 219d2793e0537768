import { DockerError } from './errors.js';

/** What a container wrote to one of its streams in one go. */
export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly payload: Buffer;
}

const HEADER_BYTES = 8;

/**
 * Takes apart the one connection over which the engine sends both streams of a container without a terminal: a header
 * of one byte stream number, three zero bytes and the length as a big-endian 32-bit number, then the payload
 * (Docker Engine API, "Stream format" of the attach call). Chunks may end anywhere.
 */
export class Demultiplexer {
  #chunks: Buffer[] = [];
  #size = 0;
  #needed = HEADER_BYTES;

  /** The frames that are complete with this chunk. */
  push(chunk: Buffer): readonly Frame[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // Joined only when that gives a frame, or a big one in many chunks would be copied again and again.
    return this.#size < this.#needed ? [] : this.#take(Buffer.concat(this.#chunks, this.#size));
  }

  #take(buffer: Buffer): readonly Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    this.#needed = HEADER_BYTES;
    while (buffer.length - at >= HEADER_BYTES) {
      const end = at + HEADER_BYTES + buffer.readUInt32BE(at + 4);
      this.#needed = end - at;
      if (buffer.length < end) break;
      frames.push(frame(buffer.readUInt8(at), buffer.subarray(at + HEADER_BYTES, end)));
      at = end;
      this.#needed = HEADER_BYTES;
    }
    const rest = buffer.subarray(at);
    this.#chunks = [rest];
    this.#size = rest.length;
    return frames;
  }
}

/** Stream 0 is an echo of the input; 3 is the engine itself reporting a failure. */
function frame(stream: number, payload: Buffer): Frame {
  if (stream === 0 || stream === 1) return { stream: 'stdout', payload };
  if (stream === 2) return { stream: 'stderr', payload };
  const said = stream === 3 ? payload.toString('utf8').trim() : `unknown stream ${stream}`;
  throw new DockerError('DOCKER_SERVER_ERROR', `Could not read the container's output: ${said}. Try again.`);
}
