/** Longer than it takes to write the last lines of the log. */
const LINGER_MS = 2_000;

/**
 * Ends a process that has nothing more to do and that something still keeps: a forgotten timer or connection must not
 * keep a supervisor waiting. Says what it was.
 */
export function endAfterLinger(host: NodeJS.Process): void {
  setTimeout(() => {
    const kept = host.getActiveResourcesInfo().join(', ');
    host.stderr.write(
      `raftainer-agent: everything has ended, but something keeps the process (${kept}); please report this\n`,
    );
    host.exit();
  }, LINGER_MS).unref();
}
