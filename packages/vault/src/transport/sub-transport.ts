import { allowManyListeners } from './allow-many-listeners.js';
import type { Transport } from './transport.js';

/** Another client's connections, with an end of its own, which comes with the other's at the latest. */
export function subTransport(parent: Transport): Transport {
  const closing = new AbortController();
  const close = (): void => {
    parent.closed.removeEventListener('abort', close);
    closing.abort();
  };
  if (parent.closed.aborted) close();
  else {
    allowManyListeners(parent.closed);
    parent.closed.addEventListener('abort', close, { once: true });
  }
  return { ...parent, closed: closing.signal, close };
}
