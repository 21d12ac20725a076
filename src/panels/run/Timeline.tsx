import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { Linked } from '../shared/Linked';
import { type Breakdown, type Call, durationText } from './breakdown';

type Run = Extract<Breakdown, { state: 'run' }>;

const outcome = ({ status, retry }: Call): string =>
  [retry ? 'retry' : '', status === 'ok' ? '' : status].filter(Boolean).join(', ');

/** The calls of a run one below the other, each where and as long as it ran. */
export function Timeline({ title, run }: { title: string; run: Run }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const { calls, start, end } = run;
  const length = Math.max(1, end - start);
  return (
    <ol className={styles.lines} aria-label={`${title || 'Run'}: timeline of ${durationText(end - start)}`}>
      {calls.map((call) => {
        const note = outcome(call);
        const took = durationText(call.end - call.start);
        return (
          <li key={call.id}>
            <Linked links={call.links} label={`the call of ${call.agent}`} className={styles.line}>
              <span className={styles.name}>
                {call.agent} · {call.model}
                {note && <span className={call.status === 'ok' ? styles.retry : styles.failed}> {note}</span>}
              </span>
              <span
                className={styles.track}
                title={`after ${durationText(call.start - start)}, ${took}, ${call.tokens} tokens`}
              >
                <span
                  className={`${styles.bar} ${call.retry ? styles.hatched : ''}`}
                  style={{
                    left: `${((call.start - start) / length) * 100}%`,
                    width: `${((call.end - call.start) / length) * 100}%`,
                    backgroundColor: call.color,
                  }}
                />
              </span>
              <span className={styles.number}>{took}</span>
              <span className={styles.number}>{call.text}</span>
            </Linked>
          </li>
        );
      })}
    </ol>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  lines: css({ margin: 0, padding: 0, listStyle: 'none', fontSize: theme.typography.bodySmall.fontSize }),
  line: css({
    display: 'grid',
    gridTemplateColumns: `minmax(0, 2fr) minmax(${theme.spacing(8)}, 4fr) ${theme.spacing(7)} ${theme.spacing(9)}`,
    alignItems: 'center',
    gap: theme.spacing(1),
    width: '100%',
    padding: theme.spacing(0.25, 0.75),
    '&:is(a, button):hover': { background: theme.colors.action.hover },
  }),
  name: css({ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }),
  track: css({ position: 'relative', height: theme.spacing(1.5), background: theme.colors.background.secondary }),
  bar: css({ position: 'absolute', top: 0, bottom: 0, minWidth: 2, borderRadius: theme.shape.radius.default }),
  hatched: css({
    backgroundImage: `repeating-linear-gradient(45deg, ${theme.colors.background.primary} 0 2px, transparent 2px 6px)`,
  }),
  number: css({ textAlign: 'right', fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }),
  retry: css({ color: theme.colors.warning.text }),
  failed: css({ color: theme.colors.error.text }),
});
