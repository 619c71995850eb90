import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { parseFlexibeeAddress } from '../../shared/flexibee/address.ts';

const login = 'User Id=u;Password=hush';
const plain = { user: 'u', password: 'hush', trustServerCertificate: false };

const good: [text: string, expected: object][] = [
  [`Url=http://127.0.0.1:5434;${login}`, { origin: 'http://127.0.0.1:5434', ...plain }],
  [`url = https://F.example:5434/ ; ${login};`, { origin: 'https://f.example:5434', ...plain }],
  [
    `Url=https://f.example;${login};TrustServerCertificate=true`,
    { origin: 'https://f.example', ...plain, trustServerCertificate: true },
  ],
  [
    'Url=https://f.example;User Id=u;Password="hu;sh=""x"""',
    { origin: 'https://f.example', ...plain, password: 'hu;sh="x"' },
  ],
];
for (const [text, expected] of good) {
  test(`is an address: ${text}`, () => {
    assert.deepEqual(parseFlexibeeAddress(text), expected);
  });
}

const wrong: [text: string, complaint: RegExp][] = [
  ['hush', /is not of the form Url=/],
  ['Password=hush', /has no Url/],
  ['Url=https://f.example;Password=hush', /has no User Id/],
  ['Url=https://f.example;User Id=u;Password=', /has no Password/],
  [`Url=https://f.example;${login};hush=1`, /unknown \(number 4\): .* in quotes/],
  [
    'Url=https://f.example;User Id=u;Pasword=hush',
    /number 3\): did you mean Password\?.*no Password/,
  ],
  ['Password=hush;Uri=f', /did you mean Url\?.*has no Url.*has no User Id/],
  ['Url=https://f.example;User Id=u;Password="hush', /is not of the form/],
  ['Url=https://f.example;User Id=u;Password="hush"hush', /is not of the form/],
  ['Url=https://f.example;User Id=hush:1;Password=hush', /colon in User Id/],
  [`Url=https://u:hush@f.example;${login}`, /name or password in Url/],
  [`Url=https://f.example/c/hush;${login}`, /more than the server/],
  [`Url=https://f.example?hush;${login}`, /more than the server/],
  [`Url=hush.example:5434;${login}`, /no address such as/],
  [`Url=ftp://hush.example;${login}`, /no address such as/],
  [`Url=http://hush.example;${login}`, /without encryption/],
  [`Url=https://f.example;${login};TrustServerCertificate=hush`, /neither true nor false/],
];
for (const [text, complaint] of wrong) {
  test(`is no address, and says why without saying it: ${text}`, () => {
    assert.throws(
      () => parseFlexibeeAddress(text),
      (error: Error) => {
        assert.ok(error instanceof RangeError);
        assert.match(error.message, complaint);
        assert.doesNotMatch(inspect(error, { showHidden: true }), /: .*hush/);
        assert.doesNotMatch(error.message, /hush/);
        return true;
      },
    );
  });
}

test('any password comes through in quotes', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (password) => {
      const quoted = `"${password.replaceAll('"', '""')}"`;
      const text = `Url=https://f.example;Password=${quoted};User Id=u`;
      assert.equal(parseFlexibeeAddress(text).password, password);
    }),
  );
});
