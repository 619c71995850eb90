/**
 * The value reader beside the driver's own, on the same bytes in one process, in turns: a million
 * values of each type. Prints nanoseconds a value and the ratio. Goal: over all types together no
 * more than the driver's time. Exit code 1 when it is missed.
 */

import valueParser from 'tedious/lib/value-parser.js';
import { driverValue } from '../shared/database/sql-types.ts';
import {
  installValueReader,
  driverReader as theirs,
} from '../shared/database/wire/value-reader.ts';

const count = 1_000_000;
const rounds = 5;

type Read = typeof valueParser.readValue;
type Metadata = Parameters<Read>[2];

installValueReader();
const ours: Read = valueParser.readValue;

const samples: [name: string, id: number, driverName: string, declared: string, text: string][] = [
  ['decimal(12, 2)', 0x6a, 'DecimalN', 'decimal(12, 2)', '1234.50'],
  ['decimal(38, 20)', 0x6a, 'DecimalN', 'decimal(38, 20)', '123456789.12345678901234567890'],
  ['money', 0x6e, 'MoneyN', 'money', '1234.5000'],
  ['date', 0x28, 'Date', 'date', '2019-07-15'],
  ['datetime', 0x6f, 'DateTimeN', 'datetime', '2019-07-15T12:34:56.123'],
  ['datetime2(3)', 0x2a, 'DateTime2', 'datetime2(3)', '2019-07-15T12:34:56.123'],
  ['datetime2(7)', 0x2a, 'DateTime2', 'datetime2(7)', '2019-07-15T12:34:56.1234567'],
  [
    'datetimeoffset(7)',
    0x2b,
    'DateTimeOffset',
    'datetimeoffset(7)',
    '2019-07-15T12:34:56.1234567+02:00',
  ],
];

/** Values that differ by their last digits, one after the other, as rows have them. */
function wire(declared: string, text: string): Buffer {
  const values = Array.from({ length: 100 }, (_, nth) => {
    const varied =
      declared === 'date'
        ? text.slice(0, -2) + String(10 + (nth % 20))
        : text.replace('34', String(10 + (nth % 50)));
    const bytes = driverValue(declared, varied) as Buffer;
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  });
  return Buffer.concat(values);
}

let kept = 0;
function nanoseconds(read: Read, bytes: Buffer, metadata: Metadata): number {
  const options = { useUTC: true } as Parameters<Read>[3];
  const start = performance.now();
  for (let done = 0; done < count; ) {
    for (let at = 0; at < bytes.length; done += 1) {
      const { value, offset } = read(bytes, at, metadata, options);
      kept += value === null ? 0 : 1;
      at = offset;
    }
  }
  return ((performance.now() - start) * 1e6) / count;
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const total = { theirs: 0, ours: 0 };
for (const [name, id, driverName, declared, text] of samples) {
  const [, precision, scale] = /\((\d+)(?:, (\d+))?\)/.exec(declared) ?? [];
  const metadata = {
    type: { id, name: driverName },
    precision: Number(precision),
    scale: Number(scale ?? precision ?? 0),
  } as unknown as Metadata;
  const bytes = wire(declared, text);
  const readings = Array.from({ length: rounds }, () => ({
    theirs: nanoseconds(theirs, bytes, metadata),
    ours: nanoseconds(ours, bytes, metadata),
  }));
  const ratio = median(readings.map((one) => one.ours / one.theirs));
  const [driver, own] = [
    median(readings.map((one) => one.theirs)),
    median(readings.map((one) => one.ours)),
  ];
  total.theirs += driver;
  total.ours += own;
  console.log(
    `${name.padEnd(18)} ${driver.toFixed(0).padStart(5)} ns driver, ${own.toFixed(0).padStart(5)} ns ours, ${ratio.toFixed(2)} of it`,
  );
}
const share = total.ours / total.theirs;
console.log(`all: ${share.toFixed(2)} of the driver's time; ${kept} values`);
process.exitCode = share > 1 ? 1 : 0;
