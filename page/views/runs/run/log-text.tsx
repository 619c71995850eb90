import { useLayoutEffect, useRef } from 'preact/hooks';
import { useLog } from '../../../live/use-log.ts';
import { exactClock } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { told } from '../../../text/told.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { curl } from '../../../ui/curl.ts';

interface LogTextProps {
  run: string;
  /** Undefined: of all stages, each named. */
  stage?: string;
  isGoingOn: boolean;
}

/** What was said, as text; it follows its end while somebody looks at that. */
export function LogText({ run, stage, isGoingOn }: LogTextProps) {
  const log = useLog(run, stage, isGoingOn);
  const { lines, isCut, refusal } = log.value;
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const element = box.current;
    if (element !== null && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines]);
  const query = stage === undefined ? '' : `?${new URLSearchParams({ stage })}`;
  return (
    <>
      {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
      {isCut && <p class="quiet">{say('runs.logCut')}</p>}
      <pre
        class="log sheet"
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={say('runs.log')}
        aria-busy={lines === undefined && refusal === undefined}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          isAtEnd.current = scrollTop + clientHeight > scrollHeight - 24;
        }}
      >
        {lines?.length === 0 && (
          <span class="quiet">{say(isGoingOn ? 'runs.logNothingYet' : 'runs.logNothing')}</span>
        )}
        {lines?.map(({ at, stage: of, isOurs, text }) => (
          <span key={`${at} ${of} ${text}`} class={isOurs ? 'line ours' : 'line'}>
            <time dateTime={at}>{exactClock(at)}</time>
            {stage === undefined && <span class="of">{of}</span>}
            <span class="text">{isOurs ? told(text) : text}</span>
          </span>
        ))}
      </pre>
      <CopyButton
        text={() => curl({ path: `/runs/${run}/log${query}`, accept: 'text/plain' })}
        label={say('runs.copyLogCurl')}
      >
        {say('runs.copyCurl')}
      </CopyButton>
    </>
  );
}
