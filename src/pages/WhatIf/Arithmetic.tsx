import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { count, usd } from '../shared/format';
import type { Line } from './scenario';

const KINDS: Readonly<Record<string, string>> = {
  input: 'input',
  cache_read: 'cache read',
  cache_write: 'cache write',
  output: 'output',
};

/** A step and what it leads to. */
export const stepText = (step: string, cost: string | null | undefined): string =>
  cost === null || cost === undefined ? step : `${step} = ${usd(cost)}`;

/** Tokens at a price row's rate. */
export const termText = ({ what, tokens, rate, usd: amount }: Line['at_base_rates'][number]): string =>
  `${count(tokens)} ${KINDS[what] ?? what} tokens × $${rate} per 1M = ${usd(amount)}`;

/** How a line's cost comes about: what it costs today, each step, and its tokens at the base rates. */
export function Arithmetic({ line }: { line: Line }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const { steps, step_costs, base_cost, at_base_rates } = line;
  return (
    <details>
      <summary>{`${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`}</summary>
      <ol className={styles.list}>
        {base_cost !== null && <li>{`today ${usd(base_cost)}`}</li>}
        {steps.map((step, i) => (
          <li key={i}>{stepText(step, step_costs[i])}</li>
        ))}
      </ol>
      {at_base_rates.length > 0 && (
        <>
          At base rates:
          <ul className={styles.list}>
            {at_base_rates.map((term) => (
              <li key={term.what}>{termText(term)}</li>
            ))}
          </ul>
        </>
      )}
    </details>
  );
}

const getStyles = () => ({ list: css({ paddingLeft: '1.5em', margin: 0 }) });
