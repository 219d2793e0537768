/** The callbacks of one signal, and the one listener that calls them. */
interface Subscription {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const subscriptions = new WeakMap<AbortSignal, Subscription>();

/**
 * Calls back when the signal is aborted, until the returned function is called. However many calls share a signal, it
 * has one listener of ours: Node warns of a leak from the eleventh on.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const subscription = subscriptions.get(signal) ?? subscribe(signal);
  const { callbacks, listener } = subscription;
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size > 0 || subscriptions.get(signal) !== subscription) return;
    signal.removeEventListener('abort', listener);
    subscriptions.delete(signal);
  };
}

function subscribe(signal: AbortSignal): Subscription {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    for (const callback of [...callbacks]) callback();
  };
  const subscription = { callbacks, listener };
  signal.addEventListener('abort', listener, { once: true });
  subscriptions.set(signal, subscription);
  return subscription;
}
