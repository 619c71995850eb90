/** Which representation a client asked for, by RFC 9110 section 12.5.1. */

export type Representation = 'text' | 'json';

const mediaTypes: Record<Representation, readonly [type: string, subtype: string]> = {
  text: ['text', 'plain'],
  json: ['application', 'json'],
};

interface MediaRange {
  type: string;
  subtype: string;
  quality: number;
  position: number;
}

/**
 * The representation that `accept` prefers: by quality, then by how exactly it is named, then by
 * its place in the header (clients list what they like best first, without a quality).
 * `otherwise` decides where the header does not: absent, `*` alone, or nothing we have.
 */
export function preferred(accept: string | null, otherwise: Representation): Representation {
  const ranges = (accept ?? '').split(',').flatMap(parseRange);
  const text = weigh(ranges, 'text');
  const json = weigh(ranges, 'json');
  for (const [index, weight] of text.entries()) {
    const difference = weight - (json[index] ?? 0);
    if (difference !== 0) return difference > 0 ? 'text' : 'json';
  }
  return otherwise;
}

/** Whether `accept` allows a media type; one that is absent or malformed allows everything. */
export function accepts(accept: string | null, mediaType: string): boolean {
  const ranges = (accept ?? '').split(',').flatMap(parseRange);
  const [type = '', subtype = ''] = mediaType.split('/');
  const best = speakingFor(ranges, [type, subtype]);
  return ranges.length === 0 || (best !== undefined && best.quality > 0);
}

/** Empty for a range that is malformed: it is as if it had not been sent. */
function parseRange(range: string, position: number): MediaRange[] {
  const [name = '', ...parameters] = range.toLowerCase().split(';');
  // A problem document is what JSON is for a refusal.
  const [, type, subtype] =
    /^([^\s/]+)\/([^\s/]+)$/.exec(name.trim().replace(/^application\/problem\+/, 'application/')) ??
    [];
  if (type === undefined || subtype === undefined) return [];
  const weight = parameters.map((text) => text.trim()).find((text) => text.startsWith('q='));
  if (weight === undefined) return [{ type, subtype, quality: 1, position }];
  if (!/^q=(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight)) return [];
  return [{ type, subtype, quality: Number(weight.slice(2)), position }];
}

/** The range that is the most exact about a media type. */
function speakingFor(ranges: readonly MediaRange[], mediaType: readonly [string, string]) {
  const [best] = ranges
    .map((range) => ({ ...range, exactness: exactness(range, ...mediaType) }))
    .filter((range) => range.exactness > 0)
    .sort((a, b) => b.exactness - a.exactness || b.quality - a.quality);
  return best;
}

/** Quality, exactness and place of the range that speaks for it; greater is better. */
function weigh(ranges: readonly MediaRange[], representation: Representation): number[] {
  const best = speakingFor(ranges, mediaTypes[representation]);
  if (best === undefined || best.quality === 0) return [0, 0, 0];
  // A wildcard that speaks for both says nothing about their order.
  return [best.quality, best.exactness, best.exactness === 3 ? -best.position : 0];
}

function exactness(range: MediaRange, type: string, subtype: string): number {
  if (range.type === type && range.subtype === subtype) return 3;
  if (range.type === type && range.subtype === '*') return 2;
  return range.type === '*' && range.subtype === '*' ? 1 : 0;
}
