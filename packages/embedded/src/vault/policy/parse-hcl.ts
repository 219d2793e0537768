/** A value of the part of HCL that policies use. */
export type HclValue = string | number | boolean | readonly HclValue[] | HclObject;

/** The attributes of a block or an object. */
export interface HclObject {
  readonly [name: string]: HclValue;
}

/** `name "label" { … }` */
export interface HclBlock {
  readonly name: string;
  readonly label: string;
  readonly body: HclObject;
}

/** A text that is not HCL, or not of the part that policies use. The message says where. */
export class HclError extends Error {
  override readonly name = 'HclError';
}

interface Piece {
  readonly kind: 'string' | 'word' | 'number' | 'sign' | 'end';
  readonly text: string;
  readonly line: number;
}

const PIECES =
  /(?<space>\s+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>"(?:[^"\\\n]|\\.)*")|(?<number>-?\d+(?:\.\d+)?)|(?<word>[A-Za-z_][\w.-]*)|(?<sign>[{}[\]=,:])/y;

/** The labelled blocks of a text. Attributes outside of blocks are read and left out. Throws {@link HclError}. */
export function parseHcl(text: string): readonly HclBlock[] {
  return new Parser(piecesOf(text)).blocks();
}

function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let line = 1;
  PIECES.lastIndex = 0;
  while (PIECES.lastIndex < text.length) {
    const at = PIECES.lastIndex;
    const groups = PIECES.exec(text)?.groups;
    if (groups === undefined)
      throw new HclError(`line ${line}: unexpected ${JSON.stringify(text.charAt(at))}`);
    for (const kind of ['string', 'number', 'word', 'sign'] as const) {
      const found = groups[kind];
      if (found !== undefined) pieces.push({ kind, text: found, line });
    }
    line += text.slice(at, PIECES.lastIndex).split('\n').length - 1;
  }
  return [...pieces, { kind: 'end', text: 'the end', line }];
}

class Parser {
  private at = 0;

  constructor(private readonly pieces: readonly Piece[]) {}

  blocks(): readonly HclBlock[] {
    const blocks: HclBlock[] = [];
    while (this.peek().kind !== 'end') {
      const name = this.name();
      if (this.skip('=')) {
        this.value();
        continue;
      }
      const label = this.next();
      if (label.kind !== 'string') throw unexpected(label, 'a name in quotes');
      this.expect('{');
      blocks.push({ name, label: unquote(label), body: this.object() });
    }
    return blocks;
  }

  /** After its opening brace. */
  private object(): HclObject {
    const entries: [string, HclValue][] = [];
    while (!this.skip('}')) {
      const name = this.name();
      if (!this.skip('=') && !this.skip(':') && this.peek().text !== '{')
        throw unexpected(this.peek(), '"="');
      entries.push([name, this.value()]);
      this.skip(',');
    }
    return Object.fromEntries(entries);
  }

  private value(): HclValue {
    const piece = this.next();
    if (piece.kind === 'string') return unquote(piece);
    if (piece.kind === 'number') return Number(piece.text);
    if (piece.text === 'true' || piece.text === 'false') return piece.text === 'true';
    if (piece.text === '{') return this.object();
    if (piece.text === '[') return this.list();
    throw unexpected(piece, 'a value');
  }

  private list(): readonly HclValue[] {
    const values: HclValue[] = [];
    while (!this.skip(']')) {
      values.push(this.value());
      if (!this.skip(',') && this.peek().text !== ']') throw unexpected(this.peek(), '"," or "]"');
    }
    return values;
  }

  private name(): string {
    const piece = this.next();
    if (piece.kind === 'word') return piece.text;
    if (piece.kind === 'string') return unquote(piece);
    throw unexpected(piece, 'a name');
  }

  private expect(sign: string): void {
    if (!this.skip(sign)) throw unexpected(this.peek(), JSON.stringify(sign));
  }

  private skip(sign: string): boolean {
    const piece = this.peek();
    if (piece.kind !== 'sign' || piece.text !== sign) return false;
    this.at += 1;
    return true;
  }

  private next(): Piece {
    const piece = this.peek();
    if (piece.kind !== 'end') this.at += 1;
    return piece;
  }

  private peek(): Piece {
    return this.pieces[this.at] ?? { kind: 'end', text: 'the end', line: 0 };
  }
}

function unquote(piece: Piece): string {
  try {
    return String(JSON.parse(piece.text));
  } catch {
    throw new HclError(`line ${piece.line}: ${piece.text} is not a string`);
  }
}

function unexpected(piece: Piece, wanted: string): HclError {
  return new HclError(`line ${piece.line}: expected ${wanted}, found ${piece.text}`);
}
