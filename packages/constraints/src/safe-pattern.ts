/** Longest pattern that is compiled, in UTF-16 units. */
export const MAX_PATTERN_LENGTH = 256;

/** Longest text that is matched. With {@link MAX_STEPS} it bounds the time that any pattern can take. */
export const MAX_MATCHED_LENGTH = 128;

/** Highest estimate of backtracking steps; they take about a tenth of a second. */
const MAX_STEPS = 2 ** 24;

const TOO_MANY_STEPS =
  'matching it could take too long; use fewer of *, +, ? and |, or tie it to the start of the value with ^';

/** One pattern is asked of many hosts in a row. */
const compiledBefore = new Map<string, CompiledPattern>();
const MAX_REMEMBERED = 256;

/** A pattern ready to match, or why it is none. */
export type CompiledPattern =
  { readonly ok: true; readonly regexp: RegExp } | { readonly ok: false; readonly problem: string };

/**
 * Compiles a pattern (JavaScript syntax, flag `u`) that comes from somebody else. JavaScript's engine backtracks, and patterns
 * such as `(a+)+$` would stop the process for years. So back-references, look-around and repeated groups that contain
 * repetition or alternatives are refused, and so are patterns whose remaining repetitions multiply to too many steps.
 */
export function compilePattern(source: string): CompiledPattern {
  const known = compiledBefore.get(source);
  if (known !== undefined) return known;
  const compiled = compile(source);
  if (compiledBefore.size >= MAX_REMEMBERED) compiledBefore.clear();
  compiledBefore.set(source, compiled);
  return compiled;
}

function compile(source: string): CompiledPattern {
  if (source.length > MAX_PATTERN_LENGTH) {
    return {
      ok: false,
      problem: `the pattern has ${source.length} characters, at most ${MAX_PATTERN_LENGTH} are allowed`,
    };
  }
  try {
    const regexp = new RegExp(source, 'u');
    const problem = new Scan(source).problem();
    return problem === undefined ? { ok: true, regexp } : { ok: false, problem };
  } catch (error: unknown) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

interface Group {
  alternatives: number;
  /** Whether something inside can match in more than one way. */
  varies: boolean;
}

interface Quantifier {
  readonly length: number;
  readonly kind: 'optional' | 'repeated' | 'exact';
}

/** Walks over a pattern that is known to be valid, and estimates the steps that matching can take. */
class Scan {
  /** In how many ways alternatives and optional parts can be chosen. */
  #choices = 1;
  #repetitions = 0;
  #at = 0;
  readonly #groups: Group[] = [{ alternatives: 1, varies: false }];

  constructor(private readonly source: string) {}

  problem(): string | undefined {
    while (this.#at < this.source.length) {
      const problem = this.#next();
      if (problem !== undefined) return problem;
    }
    return this.#steps() > MAX_STEPS ? TOO_MANY_STEPS : undefined;
  }

  /**
   * Each repetition ends somewhere, in the order of the pattern, and without an anchor so does what is skipped at the start: m
   * ends among n characters can be chosen in about n^m / m! ways.
   */
  #steps(): number {
    const alternatives = this.#group().alternatives;
    const anchored = this.source.startsWith('^') && alternatives === 1;
    let steps = this.#choices * alternatives;
    const ends = this.#repetitions + (anchored ? 0 : 1);
    for (let end = 1; end <= ends; end += 1) steps *= MAX_MATCHED_LENGTH / end;
    return steps;
  }

  #next(): string | undefined {
    const rest = this.source.slice(this.#at);
    if (/^\(\?<?[=!]/.test(rest)) return 'look-around is not supported';
    if (/^\\(?:[1-9]|k)/.test(rest)) return 'back-references are not supported';
    if (rest.startsWith('|')) this.#group().alternatives += 1;
    if (rest.startsWith('(')) this.#groups.push({ alternatives: 1, varies: false });
    if (rest.startsWith(')')) return this.#closeGroup();
    this.#at += atomLength(rest);
    this.#applyQuantifier();
    return undefined;
  }

  #closeGroup(): string | undefined {
    const closed = this.#groups.pop() ?? { alternatives: 1, varies: false };
    const varies = closed.varies || closed.alternatives > 1;
    this.#choices *= closed.alternatives;
    this.#at += 1;
    const quantifier = this.#applyQuantifier();
    this.#group().varies ||= varies;
    if (!varies || quantifier === undefined || quantifier.kind === 'optional') return undefined;
    return 'a repeated group must not contain repetition or alternatives';
  }

  #applyQuantifier(): Quantifier | undefined {
    const quantifier = quantifierAt(this.source.slice(this.#at));
    if (quantifier === undefined) return undefined;
    this.#at += quantifier.length;
    if (quantifier.kind === 'exact') return quantifier;
    if (quantifier.kind === 'optional') this.#choices *= 2;
    else this.#repetitions += 1;
    this.#group().varies = true;
    return quantifier;
  }

  #group(): Group {
    const group = this.#groups.at(-1);
    if (group === undefined) throw new Error('more groups are closed than opened');
    return group;
  }
}

/** Length of the next thing that can carry a quantifier: a class, an escape, the opening of a group, a character. */
function atomLength(rest: string): number {
  const atom =
    /^(?:\[(?:\\.|[^\]\\])*\]|\\(?:[pPu]\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|.)|\((?:\?(?:<\w+>|[a-z-]*:))?|.)/su.exec(
      rest,
    );
  return atom?.[0].length ?? 1;
}

function quantifierAt(rest: string): Quantifier | undefined {
  const [text, symbol] = /^([*+?]|\{\d+(?:,\d*)?\})\??/.exec(rest) ?? [];
  if (text === undefined || symbol === undefined) return undefined;
  if (symbol === '?' || symbol === '{0,1}') return { length: text.length, kind: 'optional' };
  return { length: text.length, kind: /^\{\d+\}$/.test(symbol) ? 'exact' : 'repeated' };
}
