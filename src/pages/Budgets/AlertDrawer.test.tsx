import { config } from '@grafana/runtime';
import { render, screen } from '@testing-library/react';
import userEvent, { PointerEventsCheckLevel } from '@testing-library/user-event';
import React from 'react';
import { MemoryRouter } from 'react-router-dom';
import { givenBackend, type TestAnswer } from '../../testing/backend';
import { budgetOf } from '../../testing/budgets';
import { givenLayout } from '../../testing/layout';
import { costSource } from '../../testing/sources';
import { AlertDrawer } from './AlertDrawer';
import { alertRule, FOLDER, ruleUid } from './alertRules';

let mayMake = true;
jest.mock('@grafana/runtime', () => ({
  ...jest.requireActual<object>('@grafana/runtime'),
  hasPermission: () => mayMake,
}));

const POINTS = '/api/v1/provisioning/contact-points';
const RULES = '/api/v1/provisioning/alert-rules';
const FOLDERS = '/api/folders?limit=1000';
let budget = budgetOf();
const answers = (more: Record<string, TestAnswer> = {}) =>
  givenBackend({
    [POINTS]: { data: [{ name: 'on-call' }, { name: 'email' }] },
    [FOLDERS]: { data: [{ uid: 'f1', title: FOLDER }] },
    [RULES]: { data: {} },
    ...more,
  });
const show = () => {
  render(
    <MemoryRouter>
      <AlertDrawer budget={budget} settings={{}} onClose={() => undefined} />
    </MemoryRouter>
  );
  return userEvent.setup({ delay: null, pointerEventsCheck: PointerEventsCheckLevel.Never });
};

beforeEach(() => {
  budget = budgetOf();
  givenLayout();
  mayMake = true;
  costSource();
  config.bootData = { user: { orgId: 7 } } as typeof config.bootData;
});
afterEach(() => jest.restoreAllMocks());

it('makes a rule for each threshold through the contact point, and links to them', async () => {
  const asked = answers();
  const user = show();
  await user.click(await screen.findByLabelText('Through'));
  await user.click(await screen.findByText('on-call'));
  await user.click(screen.getByText('Make the rules'));
  expect(await screen.findByText('2 rules are there')).toBeInTheDocument();
  expect(screen.getByText('acme per month at 80%').closest('a')).toHaveAttribute(
    'href',
    `/alerting/grafana/${ruleUid(budget, 0.8)}/view`
  );
  const made = asked.filter(({ method, url }) => method === 'POST' && url === RULES);
  expect(made.map(({ data }) => data)).toMatchObject([
    {
      title: 'acme per month at 80%',
      orgID: 7,
      folderUID: 'f1',
      labels: { severity: 'warning', threshold: '80%' },
      notification_settings: { receiver: 'on-call' },
    },
    { title: 'acme per month at 100%', labels: { severity: 'critical' } },
  ]);
  // Otherwise nobody could edit them in Grafana.
  expect(made[0].headers).toEqual({ 'X-Disable-Provenance': 'true' });
});

it('begins with the contact point that the budget names', async () => {
  budget = budgetOf({ alert: { contact_point: 'on-call' } });
  const asked = answers();
  const user = show();
  expect(await screen.findByLabelText('Through')).toHaveValue('on-call');
  await user.click(screen.getByText('Make the rules'));
  expect(await screen.findByText('2 rules are there')).toBeInTheDocument();
  expect(asked.find(({ method, url }) => method === 'POST' && url === RULES)?.data).toMatchObject({
    notification_settings: { receiver: 'on-call' },
  });
});

it('says so where that contact point is not in this Grafana', async () => {
  budget = budgetOf({ alert: { contact_point: 'gone' } });
  answers();
  show();
  expect(await screen.findByText(/“gone”, which is not in this Grafana/)).toBeInTheDocument();
  expect(screen.getByLabelText('Through')).toHaveValue('By the notification policies');
});

it('makes only those that are chosen, anew where they are there, in a folder that it makes', async () => {
  const uid = ruleUid(budget, 1);
  const asked = answers({
    [FOLDERS]: { data: [] },
    '/api/folders': { data: { uid: 'f2' } },
    [`${RULES}/${uid}`]: { data: {} },
  });
  const user = show();
  await user.click(await screen.findByLabelText('80%'));
  await user.click(screen.getByText('Make the rules'));
  expect(await screen.findByText('The rule is there')).toBeInTheDocument();
  expect(asked.filter(({ method }) => method === 'PUT').map(({ data }) => data)).toMatchObject([
    { uid, folderUID: 'f2' },
  ]);
  expect(asked.some(({ method, url }) => method === 'POST' && url === RULES)).toBe(false);
});

it('leaves the way to the notification policies where contact points may not be listed', async () => {
  const asked = answers({ [POINTS]: { status: 403 } });
  const user = show();
  expect(await screen.findByText(/notification policies decide/)).toBeInTheDocument();
  await user.click(screen.getByText('Make the rules'));
  expect(await screen.findByText('2 rules are there')).toBeInTheDocument();
  expect(asked.find(({ url }) => url === RULES)?.data).not.toHaveProperty('notification_settings');
});

it('says what is missing, to those who may not make rules and those whom Grafana refuses', async () => {
  answers({ [FOLDERS]: { status: 403 } });
  const user = show();
  await user.click(await screen.findByText('Make the rules'));
  expect(await screen.findByText(/Ask an administrator for the role Editor/)).toBeInTheDocument();
});

it('says to a Viewer whom to ask', () => {
  mayMake = false;
  answers();
  show();
  expect(screen.getByText('You may not make alert rules')).toBeInTheDocument();
  expect(screen.queryByText('Make the rules')).not.toBeInTheDocument();
});

it('asks for one row of one threshold, with the labels that alerts are routed by', () => {
  const odd = budgetOf({ id: "x'; DROP TABLE budgets; --" });
  const common = { folderUid: 'f', postgresUid: 'pg', orgId: 1, contactPoint: null };
  const { data } = alertRule({ ...common, budget: odd, threshold: 0.8 }) as unknown as {
    data: Array<{ model: { rawSql: string } }>;
  };
  expect(data[0].model.rawSql).toContain("budget_id = 'x''; DROP TABLE budgets; --'::uuid AND threshold = 0.8");
  for (const label of ['AS tenant', 'AS project', 'AS budget']) {
    expect(data[0].model.rawSql).toContain(label);
  }
  // However many runs there are.
  expect(data[0].model.rawSql).toMatch(/ max\([^]*\) AS value[^]*GROUP BY tenant, project, name$/);
  expect(ruleUid(budget, 0.125).length).toBeLessThanOrEqual(40);
});
