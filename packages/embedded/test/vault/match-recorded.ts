/** Values that differ with every server and every run: they are compared by what they look like. */
const FORMS: readonly RegExp[] = [
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  /^s\.[A-Za-z0-9]{24}$/,
  /^[A-Za-z0-9]{24}$/,
  /^database\/creds\/app\/[A-Za-z0-9]{24}$/,
  /^database\/creds\/short\/[A-Za-z0-9]{24}$/,
  /^v-approle-app-[A-Za-z0-9]{20}-\d{10}$/,
  /^v-approle-short-[A-Za-z0-9]{20}-\d{10}$/,
  /^[A-Za-z0-9-]{20}$/,
  /^vault-cluster-[0-9a-f]{8}$/,
  /^(?:auth_)?[a-z]+_[0-9a-f]{8}$/,
  /^1\.8\.\d+(-dev)?$/,
  /^vault:v1:[A-Za-z0-9+/]{86}==$/,
  /^-----BEGIN CERTIFICATE-----\n[\s\S]+\n-----END CERTIFICATE-----$/,
  /^-----BEGIN EC PRIVATE KEY-----\n[\s\S]+\n-----END EC PRIVATE KEY-----$/,
  /^([0-9a-f]{2}:){19}[0-9a-f]{2}$/,
  // Between two requests a second may end, and on a busy machine several.
  /^TTL of "24h" exceeded the effective max_ttl of "(1h|59m5\ds)"; TTL value is capped accordingly$/,
  /^TTL of "24h" exceeded the effective max_ttl of "(2h|1h59m5\ds)"; TTL value is capped accordingly$/,
  /^TTL of "1m" exceeded the effective max_ttl of "\d+s"; TTL value is capped accordingly$/,
];

/** Seconds that pass between the requests of a replay, which a busy machine makes more. */
const SLACK_SEC = 5;
const REMAINING = ['ttl', 'lease_duration'];
const MOMENTS = ['creation_time', 'server_time_utc', 'expiration'];

/** Every way in which an answer differs from the recorded one; empty when it does not. */
export function differences(recorded: unknown, actual: unknown, at = 'body'): readonly string[] {
  if (Array.isArray(recorded) && Array.isArray(actual)) {
    if (recorded.length !== actual.length)
      return [`${at}: ${recorded.length} entries recorded, ${actual.length} found`];
    return recorded.flatMap((each, index) => differences(each, actual[index], `${at}[${index}]`));
  }
  if (isRecord(recorded) && isRecord(actual)) return objectDifferences(recorded, actual, at);
  return sameValue(recorded, actual, at.split('.').at(-1) ?? '')
    ? []
    : [`${at}: ${JSON.stringify(recorded)} recorded, ${JSON.stringify(actual)} found`];
}

function objectDifferences(
  recorded: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
  at: string,
): readonly string[] {
  const names = new Set([...Object.keys(recorded), ...Object.keys(actual)]);
  return [...names].flatMap((name) => {
    if (!(name in actual)) return [`${at}.${name}: missing`];
    if (!(name in recorded)) return [`${at}.${name}: not recorded`];
    return differences(recorded[name], actual[name], `${at}.${name}`);
  });
}

function sameValue(recorded: unknown, actual: unknown, name: string): boolean {
  if (recorded === actual) return true;
  if (typeof recorded === 'string' && typeof actual === 'string')
    return FORMS.some((form) => form.test(recorded) && form.test(actual));
  if (typeof recorded !== 'number' || typeof actual !== 'number') return false;
  if (MOMENTS.includes(name)) return Number.isInteger(actual);
  return REMAINING.includes(name) && Math.abs(recorded - actual) <= SLACK_SEC;
}

/** What stood in the recording, and what this server says in the same place. */
export function learn(recorded: unknown, actual: unknown, known: Map<string, string>): void {
  if (typeof recorded === 'string' && typeof actual === 'string') {
    if (recorded !== actual && recorded.length >= 20) known.set(recorded, actual);
    return;
  }
  if (!isRecord(recorded) || !isRecord(actual)) return;
  for (const name of Object.keys(recorded)) learn(recorded[name], actual[name], known);
}

/** The same value with everything that was learnt in place of what was recorded. */
export function translate<T>(value: T, known: ReadonlyMap<string, string>): T {
  if (value === undefined) return value;
  let text = JSON.stringify(value);
  for (const [from, to] of known)
    text = text.replaceAll(JSON.stringify(from).slice(1, -1), () => JSON.stringify(to).slice(1, -1));
  return JSON.parse(text) as T;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
