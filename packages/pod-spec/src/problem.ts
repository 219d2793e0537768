/** One thing that is wrong with a definition. */
export interface Problem {
  /** Where, such as `containers[0].ports[1].hostPort`; empty for the whole definition. */
  readonly path: string;
  /** What was expected and what was found. */
  readonly message: string;
  /** What to write instead, when that can be told, such as `did you mean "image"?`. */
  readonly suggestion?: string;
}

/** A field name or a position in a list. */
export type PathSegment = string | number;

const PLAIN_NAME = /^[A-Za-z_$][\w$-]*$/;

/** Spells a path the way people write it: `containers[0].environment["a b"]`. */
export function formatPath(segments: readonly PropertyKey[]): string {
  return segments.reduce<string>((path, segment) => {
    if (typeof segment === 'number') return `${path}[${segment}]`;
    const name = String(segment);
    if (!PLAIN_NAME.test(name)) return `${path}[${JSON.stringify(name)}]`;
    return path === '' ? name : `${path}.${name}`;
  }, '');
}

/** Problems for people, one a line: `path: message (suggestion)`. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join('\n');
}

function formatProblem({ path, message, suggestion }: Problem): string {
  const where = path === '' ? '' : `${path}: `;
  const hint = suggestion === undefined ? '' : ` (${suggestion})`;
  return `${where}${message}${hint}`;
}
