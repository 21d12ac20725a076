import { at, dashboard } from './dashboard';
import { filterBar } from './filterBar';
import { LINKS } from './links';
import type { Panel } from './model';
import { bars, COMPONENTS, field, fromPanel, leaderboard, named, only, series, stat, table } from './panels';
import { UIDS } from './uids';

const CARDS = 1;
const LIST = 10;

const cards: Panel[] = [
  stat(
    {
      id: CARDS,
      title: 'Active users',
      description: 'Different users with at least one call in the time range. Calls without a user are not counted.',
      at: at(0, 0, 8, 3),
      targets: [table({ metrics: ['users', 'cost_per_user', 'user_cost_p95', 'top_users_share'] })],
    },
    { only: 'Users' }
  ),
  stat(
    {
      id: 2,
      title: 'Average per user',
      description: 'Cost of the calls that name a user, by active user.',
      at: at(8, 0, 8, 3),
      targets: [fromPanel(CARDS)],
    },
    { only: 'Cost per user' }
  ),
  stat(
    {
      id: 3,
      title: 'Cost P95',
      description: 'What a heavy user costs: 95% of the users cost less than this. Over users, not over calls.',
      at: at(16, 0, 8, 3),
      targets: [fromPanel(CARDS)],
    },
    { only: 'Cost per user, P95' }
  ),
  stat(
    {
      id: 4,
      title: 'Top 5%',
      description: 'Part of the users’ cost that the most expensive 5% of them cause (one user at least). From about two thirds on, limits or plans pay.',
      at: at(0, 3, 8, 3),
      targets: [fromPanel(CARDS)],
    },
    { only: 'Share of the top 5% of users' }
  ),
  stat(
    {
      id: 5,
      title: 'Top user',
      description: 'The user who costs most, and how much.',
      at: at(8, 3, 16, 3),
      targets: [fromPanel(LIST)],
      overrides: [named('Cost')],
    },
    {
      first: 1,
      transformations: [
        {
          id: 'filterByValue',
          options: {
            type: 'exclude',
            match: 'any',
            filters: ['(not set)', 'Other'].map((value) => ({
              fieldName: 'User',
              config: { id: 'equal', options: { value } },
            })),
          },
        },
        only('User', 'Cost'),
      ],
    }
  ),
];

const list = leaderboard(
  {
    id: LIST,
    title: 'Top cost users',
    description:
      'Users by what they cost, with input against output, calls, average per call, tokens, and the model they use most with its part of their calls. “(not set)” are calls that name no user.',
    at: at(0, 6, 24, 13),
    targets: [
      table({
        metrics: [
          'total_cost',
          'calls',
          'cost_per_call',
          'total_tokens',
          'top_model',
          'top_model_ratio',
          ...COMPONENTS,
        ],
        groupBy: ['user_id'],
        limit: 25,
        withOther: true,
      }),
    ],
    overrides: [field('Cost per call', { displayName: 'Avg/call' })],
  },
  { links: [LINKS.userRow] }
);

const more: Panel[] = [
  bars(
    {
      id: 20,
      title: 'Active users per day',
      description: 'Different users of each day, in the dashboard’s time zone.',
      at: at(0, 19, 8, 8),
      targets: [series({ metrics: ['users'], interval: '1d' })],
    },
    { legend: 'bottom', calc: 'mean' }
  ),
  leaderboard(
    {
      id: 21,
      title: 'Segments',
      description: 'Cost by user segment, with users and what one costs on average.',
      at: at(8, 19, 16, 8),
      targets: [
        table({
          metrics: ['total_cost', 'users', 'cost_per_user', 'calls', ...COMPONENTS],
          groupBy: ['user_segment'],
          limit: 20,
          withOther: true,
        }),
      ],
    },
    { links: [LINKS.segmentRow] }
  ),
];

/** Who uses it and what they cost. */
export const users = dashboard({
  uid: UIDS.users,
  title: 'LLM Cost users',
  description: 'Active users, what they cost on average and at the top, ranked with their favourite models, and segments.',
  variables: filterBar('team'),
  panels: [...cards, list, ...more],
});
