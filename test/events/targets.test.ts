/** Each type of target over the real wire. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Webhook } from 'standardwebhooks';
import { selfSignedCertificate } from 'tds-sqlite';
import { eventOf, kindNames, type NewEvent } from '../../shared/events/event.ts';
import cs from '../../shared/events/messages/cs.json' with { type: 'json' };
import en from '../../shared/events/messages/en.json' with { type: 'json' };
import { languages, messageOf, textOf } from '../../shared/events/messages/message.ts';
import ru from '../../shared/events/messages/ru.json' with { type: 'json' };
import { send } from '../../shared/events/targets/send.ts';
import type { Target } from '../../shared/events/targets/target.ts';
import {
  json,
  reset,
  type ScriptedHttp,
  startScriptedHttp,
  status,
} from '../support/scripted-http.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';
import { soon } from '../support/storage.ts';
import { causedAt, chat, failure, hookSecret, mailbox, webHook } from '../support/targets.ts';

let http: ScriptedHttp;
let smtp: SmtpServer;
before(async () => {
  [http, smtp] = await Promise.all([startScriptedHttp(), startSmtpServer()]);
});
after(() => Promise.all([http.close(), smtp.close()]));
beforeEach(() => {
  http.requests.length = 0;
  http.script(status(204));
  smtp.mails.length = 0;
  smtp.lines.length = 0;
  smtp.answer = () => undefined;
});

/** As without any of the tests. */
const known = getCACertificates('default');

const publicUrl = 'https://syncboard.example';
const told = failure('zd38m9z2l-b5hscz', {
  ...{ board: 'nightly', codes: ['0c10', 'mo'], entities: ['payment'], state: 'failed' },
  error: 'export:payment:0c10: <b>[Deadlock](http://evil)</b> & *more*\r\nBcc: x@example.org',
});
const event = eventOf(told, causedAt);
const now = () => ({ at: new Date(), signal: soon() });
const sent = (target: Target, one = event) => send({ publicUrl }, target, one, now());

describe('a web hook', () => {
  test('is a CloudEvent, and verified by the library of Standard Webhooks', async () => {
    assert.deepEqual(await sent(webHook('ops', http.origin)), { isTaken: true });
    const [request] = http.requests;
    assert.ok(request);
    const { headers, body, method } = request;
    assert.equal(method, 'POST');
    assert.equal(headers['content-type'], 'application/cloudevents+json; charset=utf-8');
    const known = new Webhook(`whsec_${hookSecret.toString('base64')}`);
    const cloud = known.verify(body, headers as Record<string, string>);
    assert.partialDeepStrictEqual(cloud, {
      ...{ specversion: '1.0', id: event.id, source: publicUrl, type: 'syncboard.run.failed' },
      ...{ time: causedAt.toISOString(), subject: event.run, datacontenttype: 'application/json' },
      data: { severity: 'error', board: 'nightly', codes: ['0c10', 'mo'], error: event.error },
    });
    assert.equal(headers['webhook-id'], event.id);
    const stranger = new Webhook(`whsec_${randomBytes(32).toString('base64')}`);
    assert.throws(() => stranger.verify(body, headers as Record<string, string>));
    assert.throws(() => known.verify(`${body} `, headers as Record<string, string>));
  });

  test('is signed anew with each attempt, and by both secrets while one is exchanged', async () => {
    const older = randomBytes(24);
    const target = webHook('ops', http.origin, {
      secrets: () => [hookSecret, older],
    } as Partial<Target>);
    for (const at of [new Date(), new Date(Date.now() + 60_000)]) {
      await send({}, target, event, { at, signal: soon() });
    }
    const [first, second] = http.requests.map(({ headers }) => headers);
    assert.equal(first?.['webhook-id'], second?.['webhook-id']);
    assert.notEqual(first?.['webhook-timestamp'], second?.['webhook-timestamp']);
    assert.notEqual(first?.['webhook-signature'], second?.['webhook-signature']);
    for (const secret of [hookSecret, older]) {
      const body = http.requests[0]?.body ?? '';
      new Webhook(secret.toString('base64')).verify(body, first as Record<string, string>);
    }
  });

  test('whatever is not 2xx is no success, with the words of the server and without secrets', async () => {
    const target = webHook('ops', http.origin);
    const said = `unknown path /hook/ops at ${http.origin}/hook/ops`;
    http.script(
      json(said, 400, { 'content-type': 'text/plain' }),
      status(302, { location: '/elsewhere' }),
      status(503, { 'retry-after': '120' }),
      status(410),
      reset,
    );
    const answers = [];
    for (let count = 0; count < 5; count += 1) answers.push(await sent(target));
    assert.deepEqual(answers.slice(0, 4), [
      { isTaken: false, error: 'it answered 400: unknown path … at …' },
      { isTaken: false, error: 'it answered 302' },
      { isTaken: false, error: 'it answered 503', retryAfterMs: 120_000 },
      { isTaken: false, error: 'it answered 410', isFinal: true },
    ]);
    const { host } = new URL(http.origin);
    const error = `no answer (ECONNRESET), asked at ${host}`;
    assert.deepEqual(answers[4], { isTaken: false, error });
    assert.equal(http.requests.length, 5, 'no redirect is followed');
  });

  test('is broken off by its signal', async () => {
    const stop = new AbortController();
    http.script(() => stop.abort(new Error('it stops')));
    const sending = send({}, webHook('ops', http.origin), event, {
      at: new Date(),
      signal: stop.signal,
    });
    await assert.rejects(sending, /it stops/);
  });
});

test('Teams gets a message with an Adaptive Card whose texts are no Markdown', async () => {
  http.script(status(202));
  assert.deepEqual(await sent(chat('teams', http.origin)), { isTaken: true });
  const message = JSON.parse(http.requests[0]?.body ?? '');
  assert.equal(message.type, 'message');
  const [{ contentType, content }] = message.attachments;
  assert.equal(contentType, 'application/vnd.microsoft.card.adaptive');
  assert.deepEqual([content.type, content.version], ['AdaptiveCard', '1.4']);
  assert.ok(content.body.every(({ type }: { type: string }) => type === 'RichTextBlock'));
  const texts = JSON.stringify(content.body);
  assert.ok(texts.includes('[Deadlock](http://evil)'), 'as it is, in a run of text');
  assert.deepEqual(content.actions, [
    { type: 'Action.OpenUrl', title: 'Look at', url: `${publicUrl}/runs/${event.run}` },
  ]);
});

test('Slack gets blocks of plain text, and a refusal tells nothing of the address', async () => {
  const target = chat('slack', http.origin);
  http.script(status(200), json('no_service for /services/T0/B0/secret-path', 404));
  assert.deepEqual(await sent(target), { isTaken: true });
  const { text, blocks } = JSON.parse(http.requests[0]?.body ?? '');
  assert.equal(text, `Run ${event.run} has failed: 0c10, mo`);
  assert.equal(blocks[0].type, 'header');
  const texts = blocks.flatMap((block: { text?: { type: string } }) => block.text?.type ?? []);
  assert.ok(texts.length > 3 && texts.every((type: string) => type === 'plain_text'));
  assert.deepEqual(await sent(target), {
    isTaken: false,
    error: 'it answered 404: no_service for …',
  });
});

describe('mail', () => {
  const target = () => mailbox('mail', smtp.port, { language: 'ru', timeZone: 'Europe/Prague' });

  test('arrives in the language of its target, with one Message-ID however often it is sent', async () => {
    for (let count = 0; count < 2; count += 1)
      assert.deepEqual(await sent(target()), { isTaken: true });
    assert.equal(smtp.mails.length, 2);
    for (const { from, to, headers, text } of smtp.mails) {
      assert.deepEqual([from, to], ['syncboard@example.org', ['ops@example.org']]);
      assert.equal(headers.get('subject'), `Запуск ${event.run} завершился ошибкой: 0c10, mo`);
      assert.equal(headers.get('message-id'), `<${event.id}.mail@syncboard>`);
      assert.equal(headers.get('auto-submitted'), 'auto-generated');
      assert.equal(headers.has('bcc'), false);
      assert.match(text, /^Доска: nightly$/m);
      assert.match(text, /^Замечено: 2026-11-30 02:15 \(Europe\/Prague\)$/m);
      assert.ok(text.includes(`Смотреть: ${publicUrl}/runs/${event.run}`));
    }
  });

  test('logs in, and tells no password of a refusal', async () => {
    const password = 'hush-hush';
    const secret = {
      ...target(),
      smtp: () => ({
        ...{ host: '127.0.0.1', port: smtp.port, security: 'none' as const },
        ...{ user: 'syncboard', password },
      }),
    } as Target;
    assert.equal((await sent(secret)).isTaken, true);
    assert.ok(smtp.lines.some((line) => line.startsWith('AUTH PLAIN ')));
    smtp.answer = (verb, line) => (verb === 'AUTH' ? `535 no: ${line} ${password}` : undefined);
    const refused = await sent(secret);
    assert.equal(refused.isTaken, false);
    const text = JSON.stringify(refused);
    assert.match(text, /535/);
    const plain = Buffer.from(`\0syncboard\0${password}`).toString('base64');
    for (const hidden of [password, Buffer.from(password).toString('base64'), plain]) {
      assert.ok(!text.includes(hidden), text);
    }
  });

  test('needs encryption where the setting does not do without', async () => {
    const starttls = {
      ...target(),
      smtp: () => ({ host: '127.0.0.1', port: smtp.port, security: 'starttls' as const }),
    } as Target;
    assert.equal((await sent(starttls)).isTaken, false);
    assert.equal(smtp.mails.length, 0);
    assert.ok(!smtp.lines.some((line) => line.startsWith('MAIL')));
  });

  test('is encrypted from the first byte, or before anything is said; a certificate nobody trusts is refused', async () => {
    const { key, cert } = selfSignedCertificate('localhost');
    const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const by of ['tls', 'starttls'] as const) {
      const server = await startSmtpServer({ key: pem, cert, by });
      const secure = {
        ...target(),
        smtp: () => ({
          ...{ host: 'localhost', port: server.port, security: by },
          ...{ user: 'syncboard', password: 'hush' },
        }),
      } as Target;
      try {
        setDefaultCACertificates(known);
        assert.match(JSON.stringify(await sent(secure)), /self-signed certificate/, by);
        assert.ok(!server.lines.some((line) => line.startsWith('AUTH')), by);
        setDefaultCACertificates([...known, cert]);
        assert.deepEqual(await sent(secure), { isTaken: true }, by);
        assert.equal(server.mails.length, 1, by);
        assert.ok(
          server.lines.some((line) => line.startsWith('AUTH PLAIN ')),
          by,
        );
      } finally {
        setDefaultCACertificates(known);
        await server.close();
      }
    }
  });

  test('that is broken off, or fails, lets go of its connection at once', async () => {
    const stop = new AbortController();
    smtp.answer = (verb) => {
      if (verb === 'MAIL') stop.abort(new Error('it stops'));
      return verb === 'MAIL' ? '' : undefined;
    };
    const { signal } = stop;
    const sending = send({ publicUrl }, target(), event, { at: new Date(), signal });
    await assert.rejects(sending, /it stops/);
    const limit = AbortSignal.timeout(5_000);
    while (smtp.connections() > 0) {
      limit.throwIfAborted();
      await new Promise(setImmediate);
    }
  });

  test('that is taken for some of the addresses is taken; for none it is not', async () => {
    const two = { ...target(), to: ['gone@example.org', 'ops@example.org'] } as Target;
    smtp.answer = (_verb, line) => (line.includes('gone@') ? '550 no such user' : undefined);
    assert.deepEqual(await sent(two), { isTaken: true, odd: 'not taken for gone@example.org' });
    smtp.answer = (verb) => (verb === 'RCPT' ? '450 later' : undefined);
    assert.equal((await sent(two)).isTaken, false);
    smtp.answer = (verb) => (verb === '.' ? '451 full' : undefined);
    const full = await sent(two);
    assert.match(JSON.stringify(full), /451 full/);
  });
});

describe('texts', () => {
  test('every language has every text, with the same places', () => {
    const placesOf = (texts: object): string[] =>
      Object.entries(texts).flatMap(([name, text]) =>
        typeof text === 'string'
          ? [`${name}: ${[...text.matchAll(/\{\w+\}/g)].map(String).sort().join()}`]
          : placesOf(text).map((place) => `${name}.${place}`),
      );
    for (const texts of [cs, ru]) assert.deepEqual(placesOf(texts).sort(), placesOf(en).sort());
  });

  test('each kind has a title without an empty place, in each language, with and without an address', () => {
    const facts = { run: 'r1', codes: ['0c10'], entities: ['payment'], queue: 'q', server: 'dcdb' };
    for (const kind of kindNames) {
      const one = eventOf({ kind, cause: 'c', causedAt, ...facts } as NewEvent, causedAt);
      for (const language of languages) {
        const message = messageOf(one, { language, timeZone: 'UTC' });
        assert.ok(!/[{}]|: $|\s\s/.test(message.title), message.title);
        assert.match(message.look.value, /^GET \//);
        assert.ok(textOf(message).split('\n').length > 3);
      }
    }
  });

  test('what is long is told in numbers', () => {
    const codes = Array.from({ length: 15 }, (_, index) => `c${index}`);
    const one = eventOf(failure('r', { codes, tookMs: 3_723_000 }), causedAt);
    const message = messageOf(one, { language: 'en', timeZone: 'UTC', publicUrl });
    assert.match(message.title, /c7 and 7 more$/);
    assert.ok(textOf(message).includes('Time so far: 1:02:03'));
  });
});
