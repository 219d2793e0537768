/** Far above any definition; the parser's time grows with the depth, and its stack ends at about 800. */
const DEEPEST = 1000;

const COMPACT_BLOCKS = new RegExp(`(?:[-?:] ){${DEEPEST}}`);

/**
 * Whether a YAML text opens more than a thousand brackets without closing them, or as many blocks on one line. It
 * is a guess, as brackets within text count too, and it is made so that a hostile text costs no time.
 */
export function nestsAbsurdly(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    else if ((character === ']' || character === '}') && depth > 0) depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return COMPACT_BLOCKS.test(text);
}
