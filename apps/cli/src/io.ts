/** Where text goes. */
export interface TextSink {
  /** Resolves when more may be written. */
  write(text: string): Promise<void>;
  readonly isTTY: boolean;
}

/** All that the command line knows of the outside, besides Consul, Docker and the files it is given. */
export interface Io {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Read only for `-f -`. */
  readonly stdin: AsyncIterable<string | Buffer>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  now(): number;
}
