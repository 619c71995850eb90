/** What can be done with a company: each button says what came of it, or why nothing did. */

import { useSignal } from '@preact/signals';
import { answered, api } from '../../api/client.ts';
import { timeNow } from '../../live/clock.ts';
import { may } from '../../session/session.ts';
import { exactClock } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { ActionButton } from '../../ui/action-button.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import type { Cure } from './words.ts';

const at = (code: string) => ({ params: { path: { company: code } } });

const requests = {
  poll: (code: string) => answered(api.POST('/flexibee/{company}/poll', at(code))),
  reconcile: (code: string) => answered(api.POST('/flexibee/{company}/reconcile', at(code))),
  reset: (code: string) => answered(api.POST('/flexibee/{company}/reset', at(code))),
  enable: (code: string) => answered(api.PUT('/flexibee/{company}/changes/enable', at(code))),
  disable: async (code: string) => {
    await answered(api.PUT('/flexibee/{company}/changes/disable', at(code)));
    // It is the next poll that sees it; without one the state would be the old one for a minute.
    if (may('run', [code])) await requests.poll(code);
  },
  registerHook: (code: string) => answered(api.PUT('/flexibee/{company}/hook', at(code))),
  removeHook: (code: string) => answered(api.DELETE('/flexibee/{company}/hook', at(code))),
} as const satisfies Record<string, (code: string) => Promise<unknown>>;

export type Deed = keyof typeof requests;

const roles = {
  poll: 'run',
  reconcile: 'run',
  reset: 'admin',
  enable: 'admin',
  disable: 'admin',
  registerHook: 'admin',
  removeHook: 'admin',
} as const satisfies Record<Deed, string>;

const names = {
  poll: 'companies.poll',
  reconcile: 'companies.reconcile',
  reset: 'companies.reset',
  enable: 'companies.enable',
  disable: 'companies.disable',
  registerHook: 'companies.registerHook',
  removeHook: 'companies.removeHook',
} as const;

const dones = {
  poll: 'companies.pollDone',
  reconcile: 'companies.reconcileDone',
  reset: 'companies.resetDone',
  enable: 'companies.enableDone',
  disable: 'companies.disableDone',
  registerHook: 'companies.registerHookDone',
  removeHook: 'companies.removeHookDone',
} as const;

const questions = { reset: 'companies.resetAsk', disable: 'companies.disableAsk' } as const;

interface ActProps {
  code: string;
  deed: Deed;
  kind?: 'plain' | 'main' | 'quiet';
  /** Of the company, where a list has many such buttons. */
  label?: string;
  /** When it was done. */
  after?(): void;
}

/** One button; nothing where the token may not. */
export function Act({ code, deed, kind = 'plain', label, after }: ActProps) {
  const doneAt = useSignal<number | undefined>(undefined);
  if (!may(roles[deed], [code])) return null;
  const name = say(names[deed]);
  const act = async () => {
    doneAt.value = undefined;
    await requests[deed](code);
    doneAt.value = timeNow();
    after?.();
  };
  const common = {
    act,
    kind,
    done: () => say(dones[deed]),
    ...(label && { label: `${name}: ${label}` }),
  };
  const question = deed === 'reset' || deed === 'disable' ? questions[deed] : undefined;
  return (
    <span class="act">
      {question === undefined ? (
        <ActionButton {...common}>{name}</ActionButton>
      ) : (
        <ConfirmButton {...common} question={say(question, { company: label ?? code })} yes={name}>
          {name}
        </ConfirmButton>
      )}
      {doneAt.value !== undefined && (
        <span class="done">
          {say(dones[deed])} <time>{exactClock(doneAt.value)}</time>
        </span>
      )}
    </span>
  );
}

/** The button that mends a trouble. */
export function CureButton({ cure, ...rest }: Omit<ActProps, 'deed'> & { cure: Cure }) {
  return <Act deed={cure} {...rest} />;
}
