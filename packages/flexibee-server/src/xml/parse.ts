/** Reads the XML that clients send. */

import { element, type XmlElement } from './element.ts';

export class XmlError extends Error {}

/** Comment, instruction, CDATA, tag or text, whichever comes next. */
const token =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<!DOCTYPE[^[>]*>|<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;
const attribute = /([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Nesting beyond this is an attack, not a record. */
const deepest = 50;

/**
 * The root element; texts beside child elements are dropped, as is white space around texts.
 * @throws XmlError saying where the document is not well formed
 */
export function parseXml(text: string): XmlElement {
  const root = element('', []);
  const open: XmlElement[] = [root];
  token.lastIndex = text.startsWith('\ufeff') ? 1 : 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (!match) throw new XmlError(`not well formed at character ${at}`);
    const [, cdata, closing, name, attributes = '', selfClosing, characters] = match;
    const current = open.at(-1) ?? root;
    if (cdata !== undefined) current.text += cdata;
    else if (characters !== undefined) current.text += expand(characters, at);
    else if (name === undefined) continue;
    else if (closing) {
      if (open.length === 1 || current.name !== name) {
        throw new XmlError(`</${name}> closes nothing at character ${at}`);
      }
      current.text = current.children.length > 0 ? '' : current.text.trim();
      open.pop();
    } else {
      const child = element(name, '', readAttributes(attributes, at));
      current.children.push(child);
      if (!selfClosing) open.push(child);
      if (open.length > deepest) throw new XmlError(`more than ${deepest} levels deep`);
    }
  }
  const [only, ...others] = root.children;
  if (open.length > 1) throw new XmlError(`<${open.at(-1)?.name}> is not closed`);
  if (!only || others.length > 0 || root.text.trim() !== '') {
    throw new XmlError('there must be one root element');
  }
  return only;
}

function readAttributes(text: string, at: number): [string, string][] {
  return [...text.matchAll(attribute)].map(([, name = '', double, single]) => [
    name,
    expand(double ?? single ?? '', at),
  ]);
}

function expand(text: string, at: number): string {
  return text.replace(/&(#x[\da-f]+|#\d+|\w+)?;?/gi, (whole, reference: string | undefined) => {
    const code = reference?.startsWith('#')
      ? Number(reference.replace(/^#x/i, '0x').replace('#', ''))
      : Number.NaN;
    const character =
      code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : named[reference ?? ''];
    if (character === undefined || !whole.endsWith(';')) {
      throw new XmlError(`${whole} is no entity, near character ${at}`);
    }
    return character;
  });
}
