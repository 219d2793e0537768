/** Tells a listener, whose mistakes must not stop renewals. */
export function ignoringErrors(tell: () => void): void {
  try {
    tell();
  } catch {
    // The listener's own affair: a library does not log.
  }
}
