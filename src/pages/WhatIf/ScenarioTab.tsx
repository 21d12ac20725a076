import { config } from '@grafana/runtime';
import { Button, ClipboardButton, Field, Input, Stack, Text } from '@grafana/ui';
import React, { type FormEvent, useCallback, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { APP_PATH } from '../../constants';
import { Answer } from '../shared/Answer';
import { TenantPicker } from '../shared/TenantPicker';
import { useAction } from '../shared/useAction';
import { useAsk } from '../shared/useAsk';
import { BasePicker } from './BasePicker';
import { ChangeCard, PlannedCard } from './Cards';
import { type Draft, draftOf, isSound, NO_CHANGE, NO_PLAN, toScenario } from './draft';
import { Result } from './Result';
import { calculate, readScenario, save, type Scenario, writeScenario } from './scenario';

/** What the last days would cost with changes. The scenario is in the address; the form is what it may become. */
export function ScenarioTab(): React.JSX.Element {
  const [search, setSearch] = useSearchParams();
  const text = search.get('scenario') ?? '';
  const scenario = useMemo(() => readScenario(new URLSearchParams({ scenario: text || '{}' })), [text]);
  const { asked, again } = useAsk(useCallback(() => calculate(scenario), [scenario]));
  return (
    <Stack direction="column" gap={2}>
      <ScenarioForm
        key={text}
        scenario={scenario}
        onCalculate={(next) => setSearch((before) => writeScenario(before, next))}
      />
      <Answer asked={asked} again={again} what="what it would cost">
        {(result) => <Result result={result} changed={scenario.changes.length + scenario.planned.length > 0} />}
      </Answer>
    </Stack>
  );
}

const replaced = <T,>(list: readonly T[], at: number, next: T | null): T[] =>
  list.flatMap((one, i) => (i === at ? (next === null ? [] : [next]) : [one]));

interface FormProps {
  scenario: Scenario;
  onCalculate: (scenario: Scenario) => void;
}

function ScenarioForm({ scenario, onCalculate }: FormProps): React.JSX.Element {
  const [draft, setDraft] = useState<Draft>(() => draftOf(scenario));
  const change = (patch: Partial<Draft>) => setDraft({ ...draft, ...patch });
  const sound = isSound(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onCalculate(toScenario(draft));
  };
  return (
    <form onSubmit={submit} aria-label="Scenario">
      <Stack direction="column" gap={2}>
        <Field
          noMargin
          label="Tenant"
          description="Its own budgets stand beside the result"
          htmlFor="llmcost-whatif-tenant"
        >
          <TenantPicker id="llmcost-whatif-tenant" tenant={draft.tenant} onChange={(tenant) => change({ tenant })} />
        </Field>
        <BasePicker base={draft.base} onChange={(base) => change({ base })} />
        {draft.changes.map((one, i) => (
          <ChangeCard
            key={i}
            number={i + 1}
            tenant={draft.tenant}
            change={one}
            onChange={(next) => change({ changes: replaced(draft.changes, i, next) })}
            onRemove={() => change({ changes: replaced(draft.changes, i, null) })}
          />
        ))}
        {draft.planned.map((one, i) => (
          <PlannedCard
            key={i}
            number={i + 1}
            planned={one}
            onChange={(next) => change({ planned: replaced(draft.planned, i, next) })}
            onRemove={() => change({ planned: replaced(draft.planned, i, null) })}
          />
        ))}
        {draft.changes.length > 1 && (
          <Text color="secondary" variant="bodySmall">
            Changes apply in their order, each to what the former made.
          </Text>
        )}
        <Stack direction="row" gap={1} wrap="wrap">
          <Button variant="secondary" icon="plus" onClick={() => change({ changes: [...draft.changes, NO_CHANGE] })}>
            Change something
          </Button>
          <Button variant="secondary" icon="plus" onClick={() => change({ planned: [...draft.planned, NO_PLAN] })}>
            Plan a feature
          </Button>
          <Button type="submit" disabled={!sound}>
            Calculate
          </Button>
        </Stack>
        <Keep scenario={toScenario(draft)} sound={sound} />
      </Stack>
    </form>
  );
}

/** Where a scenario can go from here: under a name, or to somebody else. */
function Keep({ scenario, sound }: { scenario: Scenario; sound: boolean }): React.JSX.Element {
  const [name, setName] = useState('');
  const { run, busy, problem } = useAction(
    'The scenario was not saved',
    useCallback(async (given: string, what: Scenario) => {
      await save(given, what);
      setName('');
      return `“${given}” is saved. “Saved” lists it, and compares it with others.`;
    }, [])
  );
  const link = () =>
    new URL(
      `${APP_PATH}/what-if?${writeScenario(new URLSearchParams(), scenario).toString()}`,
      config.appUrl
    ).toString();
  return (
    <>
      <Stack direction="row" gap={1} wrap="wrap" alignItems="flex-end">
        <Field noMargin label="Name" htmlFor="llmcost-whatif-name">
          <Input
            id="llmcost-whatif-name"
            width={34}
            maxLength={200}
            placeholder="Growth of next year"
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
        </Field>
        <Button
          variant="secondary"
          icon="save"
          disabled={busy || !sound || name.trim() === ''}
          onClick={() => void run(name.trim(), scenario)}
        >
          Save
        </Button>
        <ClipboardButton variant="secondary" icon="link" disabled={!sound} getText={link}>
          Copy link
        </ClipboardButton>
      </Stack>
      {problem}
    </>
  );
}
