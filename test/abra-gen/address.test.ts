/** What ABRA Gen's address has of its own; the rest is tested with FlexiBee's. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAbraGenAddress } from '../../shared/abra-gen/address.ts';

test('an address', () => {
  assert.deepEqual(
    parseAbraGenAddress('Url=http://127.0.0.1:8699;User Id=Supervisor;Password="a;b"'),
    {
      origin: 'http://127.0.0.1:8699',
      user: 'Supervisor',
      password: 'a;b',
      trustServerCertificate: false,
    },
  );
});

const login = 'User Id=u;Password=hush';
const wrong: [text: string, complaint: RegExp][] = [
  ['Password=hush', /has no Url; the form is Url=https:\/\/host:699;/],
  [`Url=hush.example;${login}`, /no address such as https:\/\/host:699/],
  [`Url=https://g.example/hush;${login}`, /the connection is named in the catalogue/],
  [`Url=http://hush.example;${login}`, /without encryption.*TrustServerCertificate=true/],
];
for (const [text, complaint] of wrong) {
  test(`no address, and the complaint holds no value: ${text}`, () => {
    assert.throws(
      () => parseAbraGenAddress(text),
      (error: Error) => {
        assert.ok(error instanceof RangeError);
        assert.match(error.message, complaint);
        assert.doesNotMatch(error.message, /hush/);
        return true;
      },
    );
  });
}
