/** Which format a path's suffix, or failing that a header, asks for. */

export type Format = 'json' | 'xml' | 'html' | 'csv';

const bySuffix: Record<string, Format> = {
  json: 'json',
  js: 'json',
  xml: 'xml',
  html: 'html',
  csv: 'csv',
};

/** FlexiBee has these too; the stand-in does not (406). */
const elsewhere = new Set('dbf xls xlsx pdf isdoc isdocx edi vcf ical xsd png jpg'.split(' '));

const byType: Record<string, Format> = {
  'application/json': 'json',
  'text/json': 'json',
  'text/javascript': 'json',
  'application/javascript': 'json',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'text/html': 'html',
  'text/csv': 'csv',
  '*/*': 'html',
  'text/*': 'html',
  'application/*': 'json',
};

export const contentTypes: Record<Format, string> = {
  json: 'application/json;charset=utf-8',
  xml: 'application/xml;charset=utf-8',
  html: 'text/html;charset=utf-8',
  csv: 'text/csv;charset=utf-8',
};

/**
 * Splits a suffix off the last segment; a dot before anything that is no format belongs to it.
 * @returns `suffix` 'elsewhere' for formats of FlexiBee's that are not here
 */
export function splitSuffix(segment: string): { name: string; suffix?: Format | 'elsewhere' } {
  const dot = segment.lastIndexOf('.');
  if (dot < 0) return { name: segment };
  const extension = segment.slice(dot + 1).toLowerCase();
  const suffix = elsewhere.has(extension) ? 'elsewhere' : bySuffix[extension];
  return suffix ? { name: segment.slice(0, dot), suffix } : { name: segment };
}

/** The most wanted of the media types we have; undefined: none of them. */
export function acceptedFormat(accept: string): Format | undefined {
  const types = accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return { format: byType[type], quality: quality ? Number(quality.slice(2)) : 1 };
  });
  const wanted = types.filter(({ format, quality }) => format && quality > 0);
  wanted.sort((one, other) => other.quality - one.quality);
  return wanted[0]?.format;
}
