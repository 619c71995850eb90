/** JSON whose numbers keep their digits. */

/** Whatever is shorter is a double's own, digit for digit. */
const mayBeLong = /\d[\d.]{15}/;
const longNumber = 16;
/** Letters: a longer one may be beyond the greatest double, or below the least. */
const longestHeld = 300;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * `JSON.parse`, but a number that a double cannot hold comes as its text: `12345678901234.1234`
 * has one digit more than `JSON.parse` leaves of it.
 *
 * @throws SyntaxError
 */
export function parseExact(text: string): unknown {
  return JSON.parse(mayBeLong.test(text) ? quoteLong(text) : text);
}

/** Puts quotes around numbers that would lose digits; a reviver would cost ten times the parsing. */
function quoteLong(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const letter = text.charCodeAt(at);
    if (letter === 0x22) {
      at = endOfText(text, at);
    } else if (letter === 0x2d || isDigit(letter)) {
      const start = at;
      while (isNumeric(text.charCodeAt(at))) at += 1;
      if (at - start < longNumber) continue;
      const source = text.slice(start, at);
      // What is no number, or stands where none may, is for the parser to refuse.
      if (isHeld(source) || !number.test(source) || isKey(text, at)) continue;
      parts.push(text.slice(copied, start), '"', source, '"');
      copied = at;
    } else at += 1;
  }
  parts.push(text.slice(copied));
  return parts.join('');
}

/** Whether a double gives back every digit. IEEE 754: 15 always, more than 17 never. */
function isHeld(source: string): boolean {
  if (source.length > longestHeld) return isHeldAsPrinted(source, source.length);
  let digits = 0;
  let significant = 0;
  /** Where the zeros begin after the last other digit of a fraction; the end where there is none. */
  let end = 0;
  let hasPoint = false;
  for (let at = 0; at < source.length; at += 1) {
    const letter = source.charCodeAt(at);
    if ((letter | 0x20) === 0x65) return isHeldAsPrinted(source, significant);
    if (letter === 0x2e) hasPoint = true;
    else if (isDigit(letter)) {
      if (digits > 0 || letter !== 0x30) digits += 1;
      if (letter !== 0x30) significant = digits;
      if (letter !== 0x30 || !hasPoint) end = at + 1;
    }
  }
  if (significant <= 15) return true;
  if (significant > 17) return false;
  const shortest = source.slice(0, end);
  return String(Number(shortest)) === shortest;
}

/** With an exponent: digits go missing near the least number, and there is a greatest. */
function isHeldAsPrinted(source: string, significant: number): boolean {
  const value = Number(source);
  if (String(value) === source || significant === 0) return true;
  return significant <= 15 && Math.abs(value) > 2.3e-308 && Number.isFinite(value);
}

/** Behind the quote that closes the text; the end where none does, which the parser refuses. */
function endOfText(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === 0x5c) escapes += 1;
    if (escapes % 2 === 0) return end + 1;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return text.charCodeAt(at) === 0x3a;
}

function isDigit(letter: number): boolean {
  return letter >= 0x30 && letter <= 0x39;
}

/** Inside of a number: digits, signs, the point, the e of the exponent. */
function isNumeric(letter: number): boolean {
  return (
    isDigit(letter) ||
    letter === 0x2d ||
    letter === 0x2b ||
    letter === 0x2e ||
    (letter | 0x20) === 0x65
  );
}
