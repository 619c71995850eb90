/** An image for the head of a report, checked before anything is printed. */

import { crc32, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Pixels of either side. */
const largest = 4_000;

export interface Logo {
  readonly bytes: Buffer;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

/** What a layout has of an image: `data:image/png;base64,…`. */
export const imagePattern = /^data:image\/(?:png|jpeg);base64,[A-Za-z0-9+/]+={0,2}$/;

/**
 * @param image as `imagePattern` says
 * @returns the image, or what is wrong with it and what mends that
 */
export function readLogo(image: string): Logo | string {
  const bytes = Buffer.from(image.slice(image.indexOf(',') + 1), 'base64');
  const size = bytes.subarray(0, 8).equals(signature) ? pngSize(bytes) : jpegSize(bytes);
  if (typeof size === 'string') return size;
  if (size.width < 1 || size.height < 1 || Math.max(size.width, size.height) > largest) {
    return `is ${size.width} by ${size.height} pixels; use 1 to ${largest} of each`;
  }
  return { bytes, ...size };
}

type Size = Pick<Logo, 'width' | 'height'> | string;

const broken = 'is no whole PNG or JPEG; save it again';

function pngSize(bytes: Buffer): Size {
  const data: Buffer[] = [];
  let header: Buffer | undefined;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end + 4 > bytes.length || crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) {
      return broken;
    }
    const type = bytes.toString('latin1', at + 4, at + 8);
    const body = bytes.subarray(at + 8, end);
    if (type === 'IHDR' && body.length === 13) header = body;
    if (type === 'tRNS') return 'is a PNG with transparency; save it without';
    if (type === 'IDAT') data.push(body);
    if (type === 'IEND') return header === undefined ? broken : pngOf(header, Buffer.concat(data));
    at = end + 4;
  }
  return broken;
}

/** By colour type, channels of a pixel: gray, RGB, palette. Types 4 and 6 have transparency. */
const channels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1 };

function pngOf(header: Buffer, data: Buffer): Size {
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth = 0, colors = 0, , , interlaced] = header.subarray(8);
  const perPixel = channels[colors];
  if (perPixel === undefined) return 'is a PNG with transparency; save it without';
  if (interlaced !== 0) return 'is an interlaced PNG; save it without';
  if (Math.max(width, height) > largest) return { width, height };
  const length = height * (1 + Math.ceil((width * perPixel * depth) / 8));
  try {
    const pixels = inflateSync(data, { maxOutputLength: length + 1 });
    return pixels.length === length ? { width, height } : broken;
  } catch {
    return broken;
  }
}

/** Start of frame of what viewers and PDF know: baseline, extended, progressive. */
const frames = new Set([0xc0, 0xc1, 0xc2]);

function jpegSize(bytes: Buffer): Size {
  const isWhole =
    bytes.length > 4 && bytes.readUInt16BE(0) === 0xffd8 && bytes.subarray(-2).equals(endOfImage);
  for (let at = 2; isWhole && at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0;
    if (frames.has(marker)) {
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return broken;
}

const endOfImage = Buffer.from([0xff, 0xd9]);
