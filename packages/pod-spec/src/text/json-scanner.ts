import { describeValue, quote } from '../describe-value.js';

/** A mistake in a JSON text. */
export interface JsonMistake {
  readonly offset: number;
  readonly message: string;
}

/** Deeper than any definition, far from the end of the stack. */
const DEEPEST = 200;

class SyntaxMistake extends Error {}

/** Walks a JSON text by the grammar of RFC 8259 for duplicate keys and the first mistake of syntax. */
export class JsonScanner {
  private offset = 0;
  private readonly mistakes: JsonMistake[] = [];

  constructor(private readonly text: string) {}

  /** Duplicate keys, and the mistake that ended the walk. */
  scan(): readonly JsonMistake[] {
    try {
      this.value(0);
      this.space();
      if (this.offset < this.text.length) this.fail('expected the end of the text');
    } catch (error) {
      if (!(error instanceof SyntaxMistake)) throw error;
      this.mistakes.push({ offset: this.offset, message: error.message });
    }
    return this.mistakes;
  }

  private value(depth: number): void {
    this.space();
    if (depth > DEEPEST) this.fail(`nested more than ${DEEPEST} levels deep`);
    if (this.next('{')) this.members(depth);
    else if (this.next('[')) this.elements(depth);
    else if (this.match(STRING) === undefined && this.match(LITERAL) === undefined)
      this.fail('expected a JSON value');
  }

  private members(depth: number): void {
    const seen = new Set<string>();
    if (this.next('}')) return;
    do {
      this.space();
      const start = this.offset;
      const key = this.match(STRING);
      if (key === undefined) this.fail('expected a field name in double quotes');
      const name = String(JSON.parse(key));
      if (seen.has(name))
        this.mistakes.push({ offset: start, message: `the field ${quote(name)} stands here twice` });
      seen.add(name);
      if (!this.next(':')) this.fail('expected ":" after a field name');
      this.value(depth + 1);
    } while (this.next(','));
    if (!this.next('}')) this.fail('expected "," or "}" after a field');
  }

  private elements(depth: number): void {
    if (this.next(']')) return;
    do this.value(depth + 1);
    while (this.next(','));
    if (!this.next(']')) this.fail('expected "," or "]" after an entry of a list');
  }

  /** Steps over a character, white space before it aside. */
  private next(character: string): boolean {
    this.space();
    if (this.text[this.offset] !== character) return false;
    this.offset += 1;
    return true;
  }

  private space(): void {
    this.match(SPACE);
  }

  private match(token: RegExp): string | undefined {
    token.lastIndex = this.offset;
    const found = token.exec(this.text)?.[0];
    this.offset += found?.length ?? 0;
    return found;
  }

  private fail(expected: string): never {
    const rest = this.text.slice(this.offset, this.offset + 20).split('\n', 1)[0] ?? '';
    throw new SyntaxMistake(
      `${expected}, found ${this.offset >= this.text.length ? 'the end of the text' : describeValue(rest)}`,
    );
  }
}

const SPACE = /[ \t\r\n]*/y;
// eslint-disable-next-line no-control-regex -- RFC 8259 §7 wants control characters escaped
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const LITERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
