import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorReport } from '../../shared/http/error-report.ts';

const secrets = [
  'Server=s;User Id=u;Password=hush;Encrypt=true',
  'Server=s; pwd = "hu;sh hush";Encrypt=true',
  "Server=s;PASSWORD='hush hush'",
  'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=hush==;EndpointSuffix=core.windows.net',
  'BlobEndpoint=https://a;SharedAccessSignature=sv=2024&sig=hush',
  'GET https://a.blob.core.windows.net/c/b?sv=2024&sig=hush%3D&se=2026',
  'Authorization: Bearer hush.hush-hush',
  'authorization: basic aHVzaA==hush',
  'http://user:hush@localhost:5434/c/demo',
];

for (const text of secrets) {
  test(`no secret of ${text.replaceAll('hush', '…')}`, () => {
    const report = errorReport(new Error('outer', { cause: new Error(text) }));
    assert.doesNotMatch(report, /hush/);
    assert.match(report, /outer[\s\S]+caused by: Error: /);
  });
}

test('whatever is thrown is told, once', () => {
  const circular = new Error('round and round');
  circular.cause = circular;
  assert.equal(errorReport(circular).match(/Error: round/g)?.length, 1);
  assert.match(errorReport({ code: 208 }), /208/);
  assert.match(errorReport('plain text'), /plain text/);
  assert.equal(errorReport(undefined), '');
  assert.match(errorReport(Object.create(null)), /null prototype/);
});
