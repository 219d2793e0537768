import { Fault } from './fault.js';
import { durationProblem, parseGoDuration } from '../../wire/go-duration.js';

const NS_PER_MS = 1_000_000;

/** An object as JSON.parse gives it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Options of {@link goFields}. */
export interface GoFieldsOptions {
  /** Refuse names that are not in the list, as Consul does for some bodies. */
  readonly strict?: boolean;
  /** What goes before a decoding error. */
  readonly problem?: string;
}

/**
 * A JSON object read as Go reads it into a struct: names without regard to case or underscores, `null` as absent,
 * a wrong type as an error in Go's words.
 */
export class GoFields {
  constructor(
    private readonly values: ReadonlyMap<string, unknown>,
    private readonly problem: string,
  ) {}

  /** True when the field is there and not null. */
  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  text(name: string): string | undefined {
    return this.typed(name, 'string', isText);
  }

  integer(name: string): number | undefined {
    return this.typed(name, 'int', (value): value is number => Number.isInteger(value));
  }

  flag(name: string): boolean | undefined {
    return this.typed(name, 'bool', (value) => typeof value === 'boolean');
  }

  texts(name: string): readonly string[] | undefined {
    return this.typed(name, '[]string', (value) => isArray(value) && value.every(isText));
  }

  textMap(name: string): Readonly<Record<string, string>> | undefined {
    return this.typed(name, 'map[string]string', isTextMap);
  }

  object(name: string): JsonObject | undefined {
    return this.typed(name, 'struct', isObject);
  }

  objects(name: string): readonly JsonObject[] | undefined {
    return this.typed(name, '[]struct', (value) => isArray(value) && value.every(isObject));
  }

  /** A duration in nanoseconds: a Go duration, or a number of nanoseconds. */
  durationNs(name: string): number | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'number') return value;
    if (value === '') return 0;
    const text = this.text(name) ?? '';
    const parsed = parseGoDuration(text);
    if (parsed === undefined) throw new Fault(400, this.problem + durationProblem(text));
    return parsed;
  }

  /** A duration in milliseconds; 0 when absent. */
  durationMs(name: string): number {
    return (this.durationNs(name) ?? 0) / NS_PER_MS;
  }

  private value(name: string): unknown {
    return this.values.get(plain(name)) ?? undefined;
  }

  private typed<T>(name: string, type: string, accepts: (value: unknown) => value is T): T | undefined {
    const value = this.value(name);
    if (value === undefined || accepts(value)) return value;
    throw new Fault(
      400,
      `${this.problem}json: cannot unmarshal ${goKind(value)} into Go struct field .${name} of type ${type}`,
    );
  }
}

/** The object `value` with the fields `names`. Throws a 400 {@link Fault} when it is none. */
export function goFields(value: unknown, names: readonly string[], options: GoFieldsOptions = {}): GoFields {
  const problem = options.problem ?? 'Request decode failed: ';
  if (!isObject(value)) {
    throw new Fault(400, `${problem}json: cannot unmarshal ${goKind(value)} into Go value of type struct`);
  }
  const known = new Set(names.map(plain));
  for (const name of Object.keys(value)) {
    if (options.strict === true && !known.has(plain(name))) {
      throw new Fault(400, `${problem}json: unknown field ${JSON.stringify(name)}`);
    }
  }
  return new GoFields(new Map(Object.entries(value).map(([name, field]) => [plain(name), field])), problem);
}

/** A JSON body. Throws a 400 {@link Fault} that begins with `problem`. */
export function parseJsonBody(body: Buffer, problem = 'Request decode failed: '): unknown {
  if (body.length === 0) throw new Fault(400, `${problem}EOF`);
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new Fault(400, `${problem}${error instanceof Error ? error.message : String(error)}`);
  }
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextMap(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every(isText);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function goKind(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
