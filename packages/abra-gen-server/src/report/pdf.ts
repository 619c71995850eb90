/**
 * PDF as far as a printed document needs it: pages of text and lines in Helvetica, which every
 * reader has, with the Czech letters that its standard encoding lacks.
 */

/** A4 in points. */
const page = { width: 595, height: 842 } as const;

export interface Text {
  /** From the left and from the top, in points. */
  x: number;
  y: number;
  text: string;
  size?: number;
  bold?: boolean;
  /** The text ends at x. */
  right?: boolean;
}

/** A line from the left to the right margin, from the top in points. */
export interface Rule {
  rule: number;
}

/** Letters that take the place of codes 128 and on, by the names that fonts know them by. */
const czech: Record<string, string> = {
  ě: 'ecaron',
  š: 'scaron',
  č: 'ccaron',
  ř: 'rcaron',
  ž: 'zcaron',
  ů: 'uring',
  ť: 'tcaron',
  ď: 'dcaron',
  ň: 'ncaron',
  Ě: 'Ecaron',
  Š: 'Scaron',
  Č: 'Ccaron',
  Ř: 'Rcaron',
  Ž: 'Zcaron',
  Ů: 'Uring',
  Ť: 'Tcaron',
  Ď: 'Dcaron',
  Ň: 'Ncaron',
  Ś: 'Sacute',
  ą: 'aogonek',
  ł: 'lslash',
  '–': 'endash',
};
const firstCode = 128;
const codes = new Map(Object.keys(czech).map((letter, index) => [letter, firstCode + index]));

const catalog = 1;
const pages = 2;
const regular = 3;
const bold = 4;
const encoding = 5;
const firstPage = 6;
const margin = 50;
/** Helvetica's digits and blanks, which is what stands at the right, in parts of its size. */
const digitWidth = 0.556;
const blankWidth = 0.278;

/** Pieces of the file, page by page: nothing but the places of its objects is held. */
export function* writePdf(sheets: Iterable<readonly (Text | Rule)[]>): Generator<Buffer> {
  const places = new Map<number, number>();
  let place = 0;
  const piece = (text: string) => {
    const bytes = Buffer.from(text, 'latin1');
    place += bytes.length;
    return bytes;
  };
  const object = (id: number, text: string) => {
    places.set(id, place);
    return piece(`${id} 0 obj\n${text}\nendobj\n`);
  };
  const font = (name: string) =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding ${encoding} 0 R >>`;

  yield piece('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n');
  const names = Object.values(czech).map((name) => `/${name}`);
  yield object(regular, font('Helvetica'));
  yield object(bold, font('Helvetica-Bold'));
  yield object(
    encoding,
    `<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [${firstCode} ${names.join(' ')}] >>`,
  );
  const kids: string[] = [];
  for (const sheet of sheets) {
    const id = firstPage + kids.length * 2;
    const content = sheet.map(drawn).join('');
    yield object(id, `<< /Type /Page /Parent ${pages} 0 R /Contents ${id + 1} 0 R >>`);
    yield object(id + 1, `<< /Length ${content.length} >>\nstream\n${content}endstream`);
    kids.push(`${id} 0 R`);
  }
  yield object(
    pages,
    `<< /Type /Pages /Count ${kids.length} /Kids [${kids.join(' ')}] /MediaBox [0 0 ${page.width} ${page.height}]` +
      ` /Resources << /Font << /F0 ${regular} 0 R /F1 ${bold} 0 R >> >> >>`,
  );
  yield object(catalog, `<< /Type /Catalog /Pages ${pages} 0 R >>`);
  const start = place;
  const size = places.size + 1;
  const entries = Array.from({ length: places.size }, (_, index) => {
    const at = String(places.get(index + 1) ?? 0).padStart(10, '0');
    return `${at} 00000 n \n`;
  });
  yield piece(`xref\n0 ${size}\n0000000000 65535 f \n${entries.join('')}`);
  yield piece(`trailer\n<< /Size ${size} /Root ${catalog} 0 R >>\nstartxref\n${start}\n%%EOF\n`);
}

function drawn(what: Text | Rule): string {
  if ('rule' in what) {
    const y = page.height - what.rule;
    return `0.5 w ${margin} ${y} m ${page.width - margin} ${y} l S\n`;
  }
  const { x, y, text, size = 10, right = false } = what;
  const left = right ? x - widthOf(text) * size : x;
  const font = what.bold ? 'F1' : 'F0';
  return `BT /${font} ${size} Tf ${left.toFixed(2)} ${page.height - y} Td (${encoded(text)}) Tj ET\n`;
}

const widthOf = (text: string) =>
  [...text].reduce((sum, each) => sum + (/[ .,]/.test(each) ? blankWidth : digitWidth), 0);

function encoded(text: string): string {
  return [...text]
    .map((letter) => {
      const code = codes.get(letter) ?? letter.codePointAt(0) ?? 0;
      if (code < 0x20 || code > 0xff || (code >= firstCode && code < 0xa0 && !codes.has(letter))) {
        return '?';
      }
      return String.fromCharCode(code).replace(/[\\()]/g, '\\$&');
    })
    .join('');
}
