import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandLineEnd, readCommandLine } from '../../shared/command-line/command-line.ts';
import { type Command, type Options, wholeNumber } from '../../shared/command-line/options.ts';

const command = {
  name: 'npm run it --',
  what: 'Does it.',
  options: {
    fresh: { type: 'flag', help: 'begin anew' },
    state: { type: 'text', value: 'FOLDER', help: 'where it is' },
    from: { type: 'text', value: 'WORD', default: 'here', help: 'whence' },
    workers: wholeNumber('how many', 1, 9, 1),
    seed: wholeNumber('which', -5, Number.MAX_SAFE_INTEGER),
  },
} as const satisfies Command<Options>;

const end = (args: string[], of: Command<Options> = command): CommandLineEnd => {
  try {
    readCommandLine(of, args);
  } catch (error) {
    assert.ok(error instanceof CommandLineEnd);
    return error;
  }
  return assert.fail(`${args.join(' ')} was taken`);
};

describe('a command line', () => {
  const none = { fresh: false, from: 'here', workers: 1, part: '', operands: [] };
  const taken: [string, object][] = [
    ['', none],
    ['--fresh', { ...none, fresh: true }],
    ['--workers 3 --state a', { ...none, workers: 3, state: 'a' }],
    ['--workers=9 --workers=2', { ...none, workers: 2 }],
    ['--seed -5', { ...none, seed: -5 }],
    ['--state=--odd', { ...none, state: '--odd' }],
  ];
  for (const [line, values] of taken) {
    it(`takes "${line}"`, () => {
      assert.deepEqual(readCommandLine(command, line.split(' ').filter(Boolean)), values);
    });
  }

  const refused: [string, string][] = [
    ['--frehs', 'unknown option --frehs (did you mean --fresh?)'],
    ['--nothing-near', 'unknown option --nothing-near'],
    ['--constructor', 'unknown option --constructor'],
    ['-x', 'unknown option -x'],
    ['fresh', 'unexpected argument fresh (did you mean --fresh?)'],
    ['worker 3', 'unexpected argument worker (did you mean --workers?)'],
    ['--fresh=yes', '--fresh takes no value'],
    ['--workers', '--workers needs a value'],
    ['--workers --fresh', '--workers needs a value'],
    ['--workers 0', '--workers is 0; it must be a whole number from 1 to 9'],
    ['--workers 1.5', '--workers is 1.5; it must be a whole number from 1 to 9'],
    ['--workers=', '--workers needs a value'],
    ['--workers=%', '--workers is %; it must be a whole number from 1 to 9'],
    ['--seed many', '--seed is many; it must be a whole number from -5'],
  ];
  for (const [line, fault] of refused) {
    it(`refuses "${line}" with 2`, () => {
      const { message, exitCode } = end(line.split(' '));
      assert.equal(message, `${fault}\nnpm run it -- --help says what there is`);
      assert.equal(exitCode, 2);
    });
  }

  it('prints its help, whatever else is there', () => {
    for (const args of [['--help'], ['-h'], ['--workers', '77', '--help'], ['--odd', '-h']]) {
      const { message, exitCode } = end(args);
      assert.equal(exitCode, 0);
      assert.equal(
        message,
        `Usage: npm run it -- [options]

Does it.

  --fresh         begin anew
  --state FOLDER  where it is
  --from WORD     whence (here)
  --workers N     how many (1)
  --seed N        which
  --help          this text, and nothing else`,
      );
    }
  });

  it('has one of its parts, in any place', () => {
    const parted = { ...command, parts: ['idle', 'hook'] };
    assert.equal(readCommandLine(parted, ['--fresh', 'hook']).part, 'hook');
    assert.match(end([], parted).message, /^one of idle, hook is missing\n/);
    assert.match(end(['hok'], parted).message, /^unexpected argument hok \(did you mean hook\?\)/);
    assert.match(end(['idle', 'hook'], parted).message, /^unexpected argument hook/);
    assert.match(
      end(['--help'], parted).message,
      /^Usage: npm run it -- <part> \[options\]\n\n.*\n\nParts: idle, hook\n/,
    );
  });

  it('takes any number of the last operand, where that is allowed', () => {
    const file = { name: 'FILE', help: 'this one', isOptional: true, areMany: true } as const;
    const many = { ...command, operands: [{ name: 'FOLDER', help: 'where' }, file] };
    assert.deepEqual(readCommandLine(many, ['a']).operands, ['a']);
    assert.deepEqual(readCommandLine(many, ['a', '--fresh', 'b', 'c']).operands, ['a', 'b', 'c']);
    assert.match(end([], many).message, /^FOLDER is missing: where\n/);
    assert.match(
      end(['-h'], many).message,
      /^Usage: npm run it -- FOLDER \[FILE …\] \[options\]\n/,
    );
  });
});
