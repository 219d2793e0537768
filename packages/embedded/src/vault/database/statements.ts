/** The login ends a little after the lease: the lease must not outlast it. */
const EXPIRATION_BUFFER_MS = 5000;

/** What statements may contain in double braces. */
export interface StatementValues {
  readonly username: string;
  readonly password?: string;
  readonly expiration?: string;
}

/** Puts the values into statements. `{{name}}` and `{{username}}` are the same. */
export function fill(statements: readonly string[], values: StatementValues): readonly string[] {
  const all: Readonly<Record<string, string | undefined>> = { ...values, name: values.username };
  return statements.map((statement) =>
    statement.replaceAll(/\{\{(\w+)\}\}/g, (placeholder, name: string) => all[name] ?? placeholder),
  );
}

/** A moment as PostgreSQL reads it. */
export function expirationText(ms: number): string {
  const [date = '', time = ''] = new Date(ms + EXPIRATION_BUFFER_MS).toISOString().split('T');
  return `${date} ${time.slice(0, 8)}+0000`;
}
