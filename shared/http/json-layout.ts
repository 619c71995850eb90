/** How JSON and texts are laid out on their way: for people, and with a newline at the end. */

const deepestIndent = 64;
const newline = 0x0a;

/** Indents JSON by two blanks while it comes, digit for digit; what is no JSON comes out as odd. */
class JsonIndenter {
  #depth = 0;
  #isEmpty = false;
  #inText = false;
  #isEscaped = false;

  push(piece: Uint8Array): Buffer {
    // A byte a letter: everything beyond ASCII is inside of texts and is not looked at.
    const letters = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString(
      'latin1',
    );
    const parts: string[] = [];
    for (let at = 0; at < letters.length; at += 1) {
      const start = at;
      if (this.#inText) {
        at = this.#endOfText(letters, at);
        parts.push(letters.slice(start, at + 1));
        continue;
      }
      parts.push(this.#outside(letters.charAt(at)));
    }
    return Buffer.from(parts.join(''), 'latin1');
  }

  /** The last letter of the text, or of the piece. */
  #endOfText(letters: string, from: number): number {
    for (let at = from; at < letters.length; at += 1) {
      const letter = letters.charCodeAt(at);
      if (this.#isEscaped) this.#isEscaped = false;
      else if (letter === 0x5c) this.#isEscaped = true;
      else if (letter === 0x22) {
        this.#inText = false;
        return at;
      }
    }
    return letters.length - 1;
  }

  #outside(letter: string): string {
    if (' \n\r\t'.includes(letter)) return '';
    if (letter === ',') return `,${this.#line()}`;
    if (letter === ':') return ': ';
    if (letter === ']' || letter === '}') {
      this.#depth -= 1;
      const isEmpty = this.#isEmpty;
      this.#isEmpty = false;
      return isEmpty ? letter : `${this.#line()}${letter}`;
    }
    const before = this.#isEmpty ? this.#line() : '';
    this.#isEmpty = letter === '[' || letter === '{';
    if (this.#isEmpty) this.#depth += 1;
    if (letter === '"') this.#inText = true;
    return `${before}${letter}`;
  }

  #line(): string {
    return `\n${'  '.repeat(Math.max(0, Math.min(this.#depth, deepestIndent)))}`;
  }
}

/** Text or JSON that is there, with a newline at its end; nothing stays nothing. */
export function laidOut(body: string, isIndented: boolean): string {
  const text = isIndented ? new JsonIndenter().push(Buffer.from(body)).toString() : body;
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** The same of JSON that is made while it is sent. */
export async function* laidOutPieces(
  pieces: AsyncIterable<Uint8Array>,
  isIndented: boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  const indenter = new JsonIndenter();
  let last: number | undefined;
  for await (const piece of pieces) {
    const laid = isIndented ? indenter.push(piece) : piece;
    last = laid.at(-1) ?? last;
    yield laid;
  }
  if (last !== undefined && last !== newline) yield Uint8Array.of(newline);
}
