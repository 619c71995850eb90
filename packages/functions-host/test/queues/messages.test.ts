import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeMessage, encodeMessage, queueTriggerMetadata } from '../../src/queues/message.ts';
import { messagesOf } from '../../src/queues/outputs.ts';
import { createPolling } from '../../src/queues/polling.ts';

test('what is encoded is decoded again', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('base64' as const, 'none' as const),
      (text, encoding) => {
        assert.equal(decodeMessage(encodeMessage(text, encoding), encoding), text);
      },
    ),
  );
});

test('text that is no base64 is told', () => {
  for (const text of ['{"a":1}', 'abc', 'a===', 'привет']) {
    assert.equal(decodeMessage(text, 'base64'), undefined, text);
  }
});

test('the metadata names are the real host’s; members of a JSON message come with them', () => {
  const time = new Date('2026-01-02T03:04:05Z');
  const item = {
    messageId: 'id',
    popReceipt: 'receipt',
    dequeueCount: 2,
    insertedOn: time,
    expiresOn: time,
    nextVisibleOn: time,
    messageText: '',
  };
  assert.deepEqual(queueTriggerMetadata(item, '{"run":"r1","Id":"mine"}'), {
    QueueTrigger: { string: '{"run":"r1","Id":"mine"}' },
    DequeueCount: { json: '2' },
    ExpirationTime: { json: '"2026-01-02T03:04:05.000Z"' },
    Id: { string: 'mine' },
    InsertionTime: { json: '"2026-01-02T03:04:05.000Z"' },
    NextVisibleTime: { json: '"2026-01-02T03:04:05.000Z"' },
    PopReceipt: { string: 'receipt' },
    run: { string: 'r1' },
  });
});

test('each value of an output is a message', () => {
  const bytes = new Uint8Array([1, 2]);
  assert.deepEqual(messagesOf(undefined), []);
  assert.deepEqual(messagesOf(null), []);
  assert.deepEqual(messagesOf({ string: '' }), []);
  assert.deepEqual(messagesOf({ string: 'text' }), ['text']);
  assert.deepEqual(messagesOf({ string: '["a",{"b":1}]' }), ['a', '{"b":1}']);
  assert.deepEqual(messagesOf({ string: '[not json]' }), ['[not json]']);
  assert.deepEqual(messagesOf({ json: '{"a":1}' }), ['{"a":1}']);
  assert.deepEqual(messagesOf({ json: '["a",{"b":1},2]' }), ['a', '{"b":1}', '2']);
  assert.deepEqual(messagesOf({ int: 0 }), ['0']);
  assert.deepEqual(messagesOf({ bytes }), [bytes]);
});

test('an empty queue is asked at doubling pauses up to the maximum, and at once after a message', () => {
  const polling = createPolling(2000, () => 0.5);
  const pauses = Array.from({ length: 7 }, () => polling.next(false));
  assert.deepEqual(pauses, [100, 200, 300, 500, 900, 1700, 2000]);
  assert.equal(polling.next(false), 2000);
  assert.equal(polling.next(true), 100);
  assert.equal(polling.next(false), 200);
});
