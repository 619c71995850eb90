import { type ByteReader, ProtocolError, UnsupportedError } from '../byte-reader.ts';
import { skipCollation } from '../collation.ts';
import { imageCodec, readBinaryType } from './binary.ts';
import { longTextCodec, readCharacterType, xmlCodec } from './character.ts';
import type { Codec } from './codec.ts';
import { datetimeCodec, smalldatetimeCodec } from './datetime.ts';
import { dateCodec, datetime2Codec, datetimeoffsetCodec, timeCodec } from './datetime2.ts';
import { decimalCodec, moneyCodec } from './decimal.ts';
import { floatCodec } from './float.ts';
import { guidCodec } from './guid.ts';
import { bitCodec, integerCodec } from './integer.ts';
import { typeId } from './type-id.ts';

/** TYPE_INFO as a client sends it before a parameter or in a bulk load's columns. */
export function readType(reader: ByteReader): Codec {
  const id = reader.uint8();
  switch (id) {
    case typeId.null:
      return nullCodec;
    case typeId.int1:
      return fixed(integerCodec('tinyint'));
    case typeId.int2:
      return fixed(integerCodec('smallint'));
    case typeId.int4:
      return fixed(integerCodec('int'));
    case typeId.int8:
      return fixed(integerCodec('bigint'));
    case typeId.bit:
      return fixed(bitCodec);
    case typeId.float4:
      return fixed(floatCodec('real'));
    case typeId.float8:
      return fixed(floatCodec('float'));
    case typeId.money4:
      return fixed(moneyCodec('smallmoney'));
    case typeId.money:
      return fixed(moneyCodec('money'));
    case typeId.dateTime4:
      return fixed(smalldatetimeCodec);
    case typeId.dateTime:
      return fixed(datetimeCodec);

    case typeId.intN:
      return bySize(reader, {
        1: integerCodec('tinyint'),
        2: integerCodec('smallint'),
        4: integerCodec('int'),
        8: integerCodec('bigint'),
      });
    case typeId.bitN:
      return bySize(reader, { 1: bitCodec });
    case typeId.floatN:
      return bySize(reader, { 4: floatCodec('real'), 8: floatCodec('float') });
    case typeId.moneyN:
      return bySize(reader, { 4: moneyCodec('smallmoney'), 8: moneyCodec('money') });
    case typeId.dateTimeN:
      return bySize(reader, { 4: smalldatetimeCodec, 8: datetimeCodec });
    case typeId.guid:
      return bySize(reader, { 16: guidCodec });
    case typeId.decimal:
    case typeId.decimalN:
      return readDecimalType(reader, 'decimal');
    case typeId.numeric:
    case typeId.numericN:
      return readDecimalType(reader, 'numeric');

    case typeId.date:
      return dateCodec;
    case typeId.time:
      return timeCodec(readScale(reader));
    case typeId.dateTime2:
      return datetime2Codec(readScale(reader));
    case typeId.dateTimeOffset:
      return datetimeoffsetCodec(readScale(reader));

    case typeId.bigVarChar:
      return readCharacterType(reader, 'varchar');
    case typeId.bigChar:
      return readCharacterType(reader, 'char');
    case typeId.nVarChar:
      return readCharacterType(reader, 'nvarchar');
    case typeId.nChar:
      return readCharacterType(reader, 'nchar');
    case typeId.bigVarBinary:
      return readBinaryType(reader, 'varbinary');
    case typeId.bigBinary:
      return readBinaryType(reader, 'binary');

    case typeId.text:
    case typeId.nText:
      reader.uint32();
      skipCollation(reader);
      return longTextCodec(id === typeId.text ? 'text' : 'ntext');
    case typeId.image:
      reader.uint32();
      return imageCodec;
    case typeId.xml:
      if (reader.uint8() !== 0) {
        throw new UnsupportedError('xml with a schema collection');
      }
      return xmlCodec;

    case typeId.table:
      throw new UnsupportedError('table-valued parameters');
    case typeId.variant:
      throw new UnsupportedError('sql_variant');
    case typeId.udt:
      throw new UnsupportedError('CLR types');
    default:
      throw new ProtocolError(`0x${id.toString(16)} is not the id of a type`);
  }
}

const nullCodec: Codec = {
  declared: 'int',
  writeType: integerCodec('int').writeType,
  write: integerCodec('int').write,
  read: () => null,
};

function fixed(codec: Codec): Codec {
  return { ...codec, read: codec.readFixed ?? codec.read };
}

function bySize(reader: ByteReader, codecs: Record<number, Codec>): Codec {
  const size = reader.uint8();
  const codec = codecs[size];
  if (!codec) {
    throw new ProtocolError(`a type has ${Object.keys(codecs).join(', ')} bytes, not ${size}`);
  }
  return codec;
}

function readScale(reader: ByteReader): number {
  const scale = reader.uint8();
  if (scale > 7) {
    throw new ProtocolError(`a time's scale is ${scale}, above 7`);
  }
  return scale;
}

function readDecimalType(reader: ByteReader, name: 'decimal' | 'numeric'): Codec {
  const size = reader.uint8();
  const precision = reader.uint8();
  const scale = reader.uint8();
  if (precision < 1 || precision > 38 || scale > precision) {
    throw new ProtocolError(`a ${name} of size ${size}, precision ${precision}, scale ${scale}`);
  }
  return decimalCodec(name, precision, scale);
}
