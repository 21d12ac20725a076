import { hasPermission } from '@grafana/runtime';
import { Alert, Button, Checkbox, Combobox, Drawer, Field, Stack, Text, TextLink } from '@grafana/ui';
import React, { useCallback, useState } from 'react';
import type { AppSettings } from '../../settings';
import { Answer } from '../shared/Answer';
import { Group } from '../shared/Group';
import { useAction } from '../shared/useAction';
import { useAsk } from '../shared/useAsk';
import { type AlertRule, FOLDER, listContactPoints, makeRules, ruleLink } from './alertRules';
import type { Budget } from './budgets';
import { percent } from './words';

const BY_POLICY = { value: '', label: 'By the notification policies', description: 'They see the labels of the alert' };

interface Props {
  budget: Budget;
  settings: AppSettings;
  onClose: () => void;
}

/** "Alert me through …": rules of Grafana for the thresholds of one budget, in the viewer's own name. */
export function AlertDrawer({ budget, settings, onClose }: Props): React.JSX.Element {
  const { asked, again } = useAsk(listContactPoints);
  return (
    <Drawer
      title={`Alert me about ${budget.name}`}
      subtitle="A rule of Grafana for each threshold; it fires from the crossing to the reset"
      size="sm"
      onClose={onClose}
    >
      {hasPermission('alert.rules:create') ? (
        <Answer asked={asked} again={again} what="contact points">
          {(points) => <Form budget={budget} settings={settings} points={points} />}
        </Answer>
      ) : (
        <Alert severity="info" title="You may not make alert rules">
          Grafana lets editors and administrators make them. Ask an administrator for the role, or an editor to make the
          rules of this budget.
        </Alert>
      )}
    </Drawer>
  );
}

interface FormProps {
  budget: Budget;
  settings: AppSettings;
  /** Null: the viewer may not list them. */
  points: readonly string[] | null;
}

function Form({ budget, settings, points }: FormProps): React.JSX.Element {
  const { contact_point: own } = budget.alert;
  // One that the viewer's Grafana doesn't have can't be chosen; the policies may still route by its label.
  const [point, setPoint] = useState(own !== undefined && points?.includes(own) ? own : '');
  const [chosen, setChosen] = useState<readonly number[]>(budget.thresholds);
  const [made, setMade] = useState<readonly AlertRule[]>();
  const make = useAction(
    'The rules were not made',
    useCallback(
      async (thresholds: readonly number[], contactPoint: string) => {
        setMade(await makeRules({ budget, thresholds, contactPoint: contactPoint || null }, settings));
        return undefined;
      },
      [budget, settings]
    )
  );
  return (
    <Stack direction="column" gap={2}>
      <Field noMargin label="Through" htmlFor="llmcost-alert-point">
        <Combobox
          id="llmcost-alert-point"
          options={[BY_POLICY, ...(points ?? []).map((value) => ({ value, label: value }))]}
          value={point}
          onChange={({ value }) => setPoint(value)}
        />
      </Field>
      {own !== undefined && points !== null && !points.includes(own) && (
        <Text variant="bodySmall" color="secondary">
          {`The budget names the contact point “${own}”, which is not in this Grafana. Choose another, or let the notification policies decide.`}
        </Text>
      )}
      {points === null && (
        <Text variant="bodySmall" color="secondary">
          You may not list contact points, so the notification policies decide who is told.
        </Text>
      )}
      <Field noMargin label="At">
        <Group>
          {budget.thresholds.map((threshold) => (
            <div key={threshold}>
              <Checkbox
                label={percent(threshold)}
                value={chosen.includes(threshold)}
                onChange={({ currentTarget }) =>
                  setChosen(
                    budget.thresholds.filter((one) =>
                      one === threshold ? currentTarget.checked : chosen.includes(one)
                    )
                  )
                }
              />
            </div>
          ))}
        </Group>
      </Field>
      <Text variant="bodySmall" color="secondary">
        {`The alerts have the labels tenant, project, budget, threshold and severity. The rules are kept in the folder “${FOLDER}” and are yours to edit. The shipped rules speak of thresholds with the action Notify besides.`}
      </Text>
      {make.problem}
      {made && (
        <Alert severity="success" title={made.length === 1 ? 'The rule is there' : `${made.length} rules are there`}>
          {made.map((rule) => (
            <div key={rule.uid}>
              <TextLink href={ruleLink(rule)}>{rule.title}</TextLink>
            </div>
          ))}
        </Alert>
      )}
      <div>
        <Button icon="bell" disabled={make.busy || chosen.length === 0} onClick={() => void make.run(chosen, point)}>
          {make.busy ? 'Making …' : made ? 'Make them anew' : 'Make the rules'}
        </Button>
      </div>
    </Stack>
  );
}
