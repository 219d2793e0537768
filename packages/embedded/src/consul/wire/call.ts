/** One HTTP request as the routes see it. */
export interface Call {
  readonly method: string;
  /** What follows the route's own path, percent-decoded. */
  readonly rest: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  /** Aborted when the client goes away or the server closes. */
  readonly signal: AbortSignal;
}

/** The answer of a route. `json` (anything but undefined) wins over `text`. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** This very `json` is answered to many and never changes, so its text is worth keeping. */
  readonly shared?: boolean;
  readonly text?: string | Buffer;
}

/** Answers one method of one path. */
export type Handler = (call: Call) => Answer | Promise<Answer>;

/** A path with its methods. A path that ends in `/` also takes everything under it. */
export interface Route {
  readonly path: string;
  readonly methods: Readonly<Partial<Record<'GET' | 'PUT' | 'DELETE' | 'POST', Handler>>>;
}
