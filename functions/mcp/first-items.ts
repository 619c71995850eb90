/** Where the first items of a long answer end: what comes after them need not be made. */

const quote = 0x22;
const backslash = 0x5c;
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);

/** Depth of an item: in a list, in the answer's object. */
const itemDepth = 3;

/** Looks through JSON in UTF-8, `{"name": …, "items": [{…}, …]}`, piece by piece. */
export class FirstItems {
  #left: number;
  #depth = 0;
  #isText = false;
  #isEscaped = false;

  /** @param count of items, at least 1 */
  constructor(count: number) {
    this.#left = count;
  }

  /** Where in the next piece the last of the items ends; undefined: in a later one, if at all. */
  end(piece: Uint8Array): number | undefined {
    for (const [at, byte] of piece.entries()) {
      if (this.#isText) this.#lookInText(byte);
      else if (byte === quote) this.#isText = true;
      else if (opening.has(byte)) this.#depth += 1;
      else if (closing.has(byte)) {
        if (this.#depth === itemDepth) this.#left -= 1;
        this.#depth -= 1;
        if (this.#left === 0) return at + 1;
      }
    }
    return undefined;
  }

  #lookInText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) this.#isText = false;
  }
}
