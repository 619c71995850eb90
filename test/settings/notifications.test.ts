/** Settings of targets: what is wrong is told, and nothing of a secret. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { readSettings, requireKnownNames, SettingsError } from '../../shared/settings/settings.ts';
import { soundSettings } from '../support/sound-settings.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const hook = { NOTIFY_OPS_URL: 'https://hooks.example/s3cret', NOTIFY_OPS_SECRET: secret };

function settingsOf(targets: unknown, more: Record<string, string> = {}) {
  const text = typeof targets === 'string' ? targets : JSON.stringify(targets);
  return { ...sample.Values, NOTIFICATIONS: text, ...more };
}

function faults(targets: unknown, more: Record<string, string> = {}): string[] {
  return readSettings(settingsOf(targets, more)).faults.map(
    ({ setting, fault }) => `${setting} ${fault}`,
  );
}

test('none unless they are set; defaults; kinds by group', () => {
  assert.deepEqual(soundSettings(sample.Values).targets, []);
  const targets = [
    { name: 'ops', type: 'webhook' },
    { name: 'ops-chat', type: 'slack', events: ['company.*', 'run.failed'] },
  ];
  const more = { ...hook, NOTIFY_OPS_CHAT_URL: 'https://hooks.example/chat' };
  const [ops, chat] = soundSettings(settingsOf(targets, more)).targets;
  assert.ok(ops?.type === 'webhook');
  assert.deepEqual(
    [ops.severity, ops.language, ops.timeZone, ops.quiet],
    ['info', 'en', 'UTC', undefined],
  );
  assert.ok(ops.kinds.length > 8 && !ops.kinds.includes('test'));
  assert.deepEqual([ops.url(), ops.secrets().length], [hook.NOTIFY_OPS_URL, 1]);
  assert.deepEqual(chat?.kinds, ['run.failed', 'company.trouble', 'company.recovered']);
});

test('mail: ports, encryption, and what is allowed on this machine only', () => {
  const mail = [{ name: 'mail', type: 'email', from: 'a@b.cz', to: ['c@d.cz'] }];
  const cases: [string, object][] = [
    ['Host=smtp.example', { host: 'smtp.example', port: 587, security: 'starttls' }],
    [
      'Host=smtp.example;Port=465;User Id=u;Password="p;w"',
      { host: 'smtp.example', port: 465, security: 'tls', user: 'u', password: 'p;w' },
    ],
    ['Host=127.0.0.1;Port=25;Encrypt=false', { host: '127.0.0.1', port: 25, security: 'none' }],
  ];
  for (const [text, address] of cases) {
    const [target] = soundSettings(settingsOf(mail, { NOTIFY_MAIL_SMTP: text })).targets;
    assert.ok(target?.type === 'email');
    assert.deepEqual(target.smtp(), address);
  }
  const refused: [string, RegExp][] = [
    ['Port=587', /needs Host=/],
    ['Host=smtp.example;Port=99999', /has a Port that is no number from 1 to 65535/],
    ['Host=smtp.example;Encrypt=false', /allowed on this machine only/],
    ['Host=smtp.example;Encrypt=maybe', /neither true nor false/],
    ['Host=smtp.example;User Id=u', /needs both of User Id and Password/],
    [
      'Host=smtp.example;Pasword=hush',
      /keyword that is unknown \(number 2\): did you mean Password\?/,
    ],
    ['nonsense', /must be of the form Host=/],
  ];
  for (const [text, fault] of refused) {
    const [told = '', ...others] = faults(mail, { NOTIFY_MAIL_SMTP: text });
    assert.deepEqual(others, [], text);
    assert.match(told, /^NOTIFY_MAIL_SMTP /);
    assert.match(told, fault, text);
    assert.ok(!told.includes('hush'));
  }
});

test('all that is wrong is told at once: of each target, of its settings, of the catalogue', () => {
  const targets = [
    { name: 'me', type: 'webhook', severity: 'warn' },
    { name: 'mail', type: 'email', from: 'nobody' },
    { name: 'ops', type: 'slack', codes: ['0c1'] },
    { name: 'ops', type: 'telegram' },
    { name: 'me', type: 'teams', to: ['a@b.cz'] },
  ];
  const settings = settingsOf(targets, {
    NOTIFY_OPS_URL: 'https://hooks.example/x',
    NOTIFY_ME_URL: 'nowhere',
    API_TOKENS: '[{}, {"name": "a", "sha256": "x"}, {"name": "a", "sha256": "X"}]',
    SIGN_IN: '{"platform": true}',
    LEASE_SECONDS: 'a minute',
  });
  const told = readSettings(settings).faults.map(({ setting }) => setting);
  const of = (name: string) => told.filter((one) => one.startsWith(name));
  assert.deepEqual(of('NOTIF'), [
    'NOTIFICATIONS[0].severity',
    'NOTIFY_ME_URL',
    'NOTIFY_ME_SECRET',
    'NOTIFICATIONS[1].from',
    'NOTIFICATIONS[1].to',
    'NOTIFY_MAIL_SMTP',
    'NOTIFICATIONS[3].type',
    'NOTIFICATIONS[4].name',
    'NOTIFICATIONS[4].to',
  ]);
  assert.equal(of('API_TOKENS').filter((one) => one === 'API_TOKENS').length, 2, told.join('\n'));
  assert.ok(of('API_TOKENS[0].name').length > 0 && of('API_TOKENS[1].sha256').length > 0);
  assert.ok(of('SIGN_IN.platform').length > 0 && of('SIGN_IN.issuer').length > 0);
  assert.ok(of('LEASE_SECONDS').length > 0);
  const [sound] = readSettings(settings).settings.targets;
  assert.equal(sound?.name, 'ops');
});

test('a setting in JSON that is none: line and column, and not a word of it', () => {
  for (const setting of ['API_TOKENS', 'SIGN_IN', 'NOTIFICATIONS']) {
    const { faults: found } = readSettings({ ...sample.Values, [setting]: '[{\n "a": hush}]' });
    const [{ fault = '' } = {}] = found.filter((one) => one.setting === setting);
    assert.match(
      fault,
      /^is not valid JSON at line 2, column 7, where a value is expected: set it to/,
    );
    assert.doesNotMatch(fault, /hush/);
  }
});

test('each fault names its place, what is allowed and a near name', () => {
  const ops = { name: 'ops', type: 'webhook' };
  const cases: [unknown, RegExp, Record<string, string>?][] = [
    [
      '[{"name": "ops",\n  "type": s3cret}]',
      /^NOTIFICATIONS is not valid JSON at line 2, column 11, where a value is expected: set it to an array/,
    ],
    [{}, /^NOTIFICATIONS must be a list of targets/],
    [[{ ...ops, name: 'Ops' }], /^NOTIFICATIONS\[0\]\.name must be 1 to 32 lower-case/],
    [
      [{ ...ops, type: 'webhok' }],
      /\[0\]\.type must be one of webhook, teams, slack, email \(did you mean webhook\?\)/,
    ],
    [
      [{ ...ops, events: ['run.faild'] }],
      /\[0\]\.events\[0\] must be one of .* \(did you mean run\.failed\?\)/,
    ],
    [[{ ...ops, events: ['test'] }], /\.events\[0\] must be one of/],
    [[{ ...ops, events: [] }], /\.events must name at least one/],
    [
      [{ ...ops, severity: 'eror' }],
      /\.severity must be one of info, warning, error \(did you mean error\?\)/,
    ],
    [[{ ...ops, language: 'de' }], /\.language must be one of en, cs, ru/],
    [[{ ...ops, timeZone: 'Prague' }], /\.timeZone must be a time zone/],
    [[{ ...ops, quiet: { from: '22:00', to: '24:00' } }], /\.quiet\.to must be a time such as/],
    [[{ ...ops, quiet: { from: '22:00', to: '22:00' } }], /\.quiet must not end when it begins/],
    [[{ ...ops, quiet: '22-06' }], /\.quiet must be an object with from, to/],
    [
      [{ ...ops, sevrity: 'info' }],
      /NOTIFICATIONS\[0\] has no member sevrity \(did you mean severity\?\)/,
    ],
    [[ops, { ...ops, type: 'teams' }], /\[1\]\.name must not be that of another target/],
    [[{ ...ops, type: 'email' }], /\[0\]\.from is needed for a target of type email/],
    [[{ ...ops, to: ['a@b.cz'] }], /\[0\]\.to is of type email, not webhook/],
    [
      [{ ...ops, type: 'email', from: 'a@b.cz', to: ['nobody'] }],
      /\.to\[0\] must be an e-mail address/,
    ],
    [[ops], /^NOTIFY_OPS_URL is not set/, { NOTIFY_OPS_URL: '' }],
    [
      [ops],
      /^NOTIFY_OPS_URL is without encryption/,
      { NOTIFY_OPS_URL: 'http://hooks.example/s3cret' },
    ],
    [
      [ops],
      /^NOTIFY_OPS_URL must be an address/,
      { NOTIFY_OPS_URL: 'https://u:p@hooks.example/s3cret' },
    ],
    [[ops], /^NOTIFY_OPS_SECRET is not set/, { NOTIFY_OPS_SECRET: '' }],
    [[ops], /^NOTIFY_OPS_SECRET must be whsec_/, { NOTIFY_OPS_SECRET: 'whsec_c2hvcnQ=' }],
    [
      [ops],
      /^NOTIFY_OPS_SECRT is no setting: did you mean NOTIFY_OPS_SECRET\?/,
      { NOTIFY_OPS_SECRET: '', NOTIFY_OPS_SECRT: secret },
    ],
  ];
  for (const [targets, fault, more] of cases) {
    const told = faults(targets, { ...hook, ...more });
    assert.ok(
      told.some((text) => fault.test(text)),
      `${JSON.stringify(targets)}: ${told.join('\n')}`,
    );
    assert.ok(!/s3cret|whsec_[A-Za-z0-9+/]{20}/.test(told.join()), told.join());
  }
});

test('codes that the catalogue does not have are told at the start', () => {
  const targets = [{ name: 'ops', type: 'webhook', codes: ['0c1O', '0c10'] }];
  const settings = soundSettings(settingsOf(targets, hook));
  assert.throws(
    () => requireKnownNames(settings, shippedCatalog()),
    (error) => {
      assert.ok(error instanceof SettingsError);
      const [fault, ...others] = error.faults;
      assert.equal(others.length, 0);
      assert.match(
        fault?.fault ?? '',
        /hear of the code "0c1O", which the catalogue does not have \(did you mean 0c1/,
      );
      return true;
    },
  );
});

test('no secret shows in print', () => {
  const mail = { name: 'mail', type: 'email', from: 'a@b.cz', to: ['c@d.cz'] };
  const more = { ...hook, NOTIFY_MAIL_SMTP: 'Host=smtp.example;User Id=u;Password=hush-hush' };
  const { targets } = soundSettings(settingsOf([{ name: 'ops', type: 'webhook' }, mail], more));
  const printed = `${inspect(targets, { depth: 9 })}${JSON.stringify(targets)}`;
  assert.ok(!/s3cret|hush|whsec_|BwcHBw/.test(printed), printed);
});
