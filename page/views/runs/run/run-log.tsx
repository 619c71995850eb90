import { useSignal } from '@preact/signals';
import type { Run } from '../../../api/schema.d.ts';
import { hasEnded } from '../../../live/use-run.ts';
import { say } from '../../../text/say.ts';
import { LogText } from './log-text.tsx';

/** The whole log: read once somebody opens it. */
export function RunLog({ run }: { run: Run }) {
  const isOpen = useSignal(false);
  return (
    <details
      class="whole-log"
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>{say('runs.wholeLog')}</summary>
      {isOpen.value && <LogText run={run.id} isGoingOn={!hasEnded(run)} />}
    </details>
  );
}
