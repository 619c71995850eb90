import { type Codec, outOfRange, shortLengthCodec } from './codec.ts';
import { typeId } from './type-id.ts';

const pattern = /^\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?$/i;

/** Text in upper case, as SQL Server shows it. The first three groups are little-endian. */
export const guidCodec: Codec = shortLengthCodec({
  declared: 'uniqueidentifier',
  size: 16,
  writeType(writer) {
    writer.uint8(typeId.guid);
    writer.uint8(16);
  },
  writeValue(writer, value) {
    const groups = typeof value === 'string' ? pattern.exec(value) : null;
    if (!groups) {
      throw outOfRange('uniqueidentifier', value, '8-4-4-4-12 hexadecimal digits');
    }
    const [, first = '', second = '', third = '', fourth = '', fifth = ''] = groups;
    writer.uint32(Number.parseInt(first, 16));
    writer.uint16(Number.parseInt(second, 16));
    writer.uint16(Number.parseInt(third, 16));
    writer.bytes(Buffer.from(fourth + fifth, 'hex'));
  },
  readValue(reader) {
    const first = reader.uint32().toString(16).padStart(8, '0');
    const second = reader.uint16().toString(16).padStart(4, '0');
    const third = reader.uint16().toString(16).padStart(4, '0');
    const rest = reader.bytes(8).toString('hex');
    return `${first}-${second}-${third}-${rest.slice(0, 4)}-${rest.slice(4)}`.toUpperCase();
  },
});
