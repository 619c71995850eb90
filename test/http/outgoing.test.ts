/** Whose client has gone: known whenever it is asked, and kept no longer than the call. */

import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { announce, ClientGone, clientGone, forget, goesWith } from '../../shared/http/outgoing.ts';

const newResponse = () => new ServerResponse(new IncomingMessage(new Socket()));

for (const when of ['before the call begins', 'before it is asked']) {
  test(`a client who goes ${when} has gone`, () => {
    const response = newResponse();
    if (when === 'before the call begins') response.destroy();
    announce('call', response);
    response.emit('close');
    const gone = clientGone('call');
    assert.ok(gone.aborted && gone.reason instanceof ClientGone);
    forget('call');
    assert.ok(!clientGone('call').aborted, 'it is kept after its call');
  });
}

test('a client goes once it has been asked, also within another call', () => {
  const response = newResponse();
  announce('call', response);
  const outer = clientGone('call');
  const answered = goesWith('call-1', outer);
  const inner = clientGone('call-1');
  assert.ok(!outer.aborted && !inner.aborted);
  response.emit('close');
  assert.ok(outer.aborted && inner.reason instanceof ClientGone);
  answered();
  const late = goesWith('call-2', outer);
  assert.ok(clientGone('call-2').aborted);
  late();
  forget('call');
});
