/**
 * Czech order as a key: `sortKey(a) < sortKey(b)` when a comes before b. SQLite takes functions,
 * not collations, from Node. Letters first (č after c, ch after h, ř after r, š, ž), then the
 * accents that make no letter of their own, then lower before upper case.
 */

const letters = 'a b c č d e f g h ch i j k l m n o p q r ř s š t u v w x y z ž'.split(' ');
/** Room for blanks, marks (by their codes) and digits before the first letter. */
const firstLetter = 0x200;
const weights = new Map(letters.map((letter, index) => [letter, firstLetter + index]));
/** Acute, caron, ring; others come after them. */
const accents = ['', '\u0301', '\u030c', '\u030a'];
/** Decomposed text, in the pieces that are weighed. */
const pieces = /ch|[crsz]\u030c|./gisu;

export function sortKey(text: string): string {
  let primary = '';
  let secondary = '';
  let tertiary = '';
  for (const [piece] of text.normalize('NFD').matchAll(pieces)) {
    const lower = piece.toLowerCase();
    if (/^\p{M}$/u.test(lower)) {
      const accent = accents.indexOf(lower);
      secondary = `${secondary.slice(0, -1)}${accent > 0 ? accent : accents.length}`;
    } else {
      primary += String.fromCodePoint(weights.get(lower.normalize('NFC')) ?? otherWeight(lower));
      secondary += '0';
      tertiary += caseOf(piece, lower);
    }
  }
  return `${primary}\u0001${secondary}\u0001${tertiary}`;
}

/** Of marks, then digits; of what is neither, nor a letter of ours, after all letters. */
function otherWeight(lower: string): number {
  const code = lower.codePointAt(0) ?? 0;
  if (/^\d/.test(lower)) return 0x100 + code;
  return code < 0x80 ? 0x20 + code : 0x1000 + code;
}

/** `ch`, `cH`, `Ch`, `CH`. */
function caseOf(piece: string, lower: string): string {
  if (piece === lower) return '0';
  if (lower !== 'ch') return '3';
  return piece === 'CH' ? '3' : piece === 'Ch' ? '2' : '1';
}
