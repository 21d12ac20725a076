import { dateTimeFormat } from '@grafana/data';
import { Checkbox, Combobox, Field, Stack, Text } from '@grafana/ui';
import React from 'react';
import { RangePicker } from '../shared/RangePicker';
import { beforeOf, limitsOf, type Periods, PRESETS, presetOf, rangeOf, stretchOf } from './periods';

const OWN = 'own';
const OPTIONS = [
  ...PRESETS.map(({ name, label }) => ({ value: name, label })),
  { value: OWN, label: 'These two periods' },
];

interface Props {
  periods: Periods;
  onChange: (periods: Periods) => void;
}

const shown = (ms: number): string => dateTimeFormat(ms, { format: 'ddd YYYY-MM-DD HH:mm' });

const words = ({ from, to }: { from: number; to: number }): string => `${shown(from)} to ${shown(to)}`;

/** Which period, and which earlier one it is compared with. */
export function PeriodPickers({ periods, onChange }: Props): React.JSX.Element {
  const [now, before] = [limitsOf(periods.now), beforeOf(periods)];
  const compared = { from: String(before.from), to: String(before.to) };
  return (
    <Stack direction="column" gap={1}>
      <Stack direction="row" gap={2} wrap="wrap" alignItems="flex-end">
        <Field noMargin label="Compare" htmlFor="llmcost-why-preset">
          <Combobox
            id="llmcost-why-preset"
            width={34}
            options={OPTIONS}
            value={presetOf(periods)?.name ?? OWN}
            onChange={({ value }) =>
              onChange(
                PRESETS.find(({ name }) => name === value)?.periods ?? {
                  now: { from: String(now.from), to: String(now.to) },
                  before: compared,
                  average: periods.average,
                }
              )
            }
          />
        </Field>
        <Field noMargin label="Period">
          <RangePicker
            range={rangeOf(periods.now)}
            // A chosen period is compared with the one right before, until that is chosen too.
            onChange={(range) => onChange({ now: stretchOf(range), before: undefined })}
          />
        </Field>
        <Field noMargin label="Compared with">
          <RangePicker
            range={rangeOf(periods.before ?? compared)}
            onChange={(range) => onChange({ ...periods, before: stretchOf(range) })}
          />
        </Field>
        <Checkbox
          label="As an average"
          description="What it would have cost in a stretch as long as the period"
          value={periods.average ?? false}
          onChange={({ currentTarget }) =>
            onChange({
              now: periods.now,
              before: periods.before ?? compared,
              average: currentTarget.checked || undefined,
            })
          }
        />
      </Stack>
      <Text color="secondary" variant="bodySmall" element="p">
        {`${words(now)}, compared with ${periods.average ? 'an average of ' : ''}${words(before)}`}
      </Text>
    </Stack>
  );
}
