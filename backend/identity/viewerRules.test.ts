import type { GrafanaUser } from './grafanaUser';
import { isApprover, tenantsFor, userIdsOf, type ViewerRule, viewersSchema } from './viewerRules';

const alice: GrafanaUser = {
  type: 'user',
  uid: 'uid7',
  login: 'alice',
  email: 'alice@example.org',
  name: 'Alice',
  organisation: 3,
  role: 'Viewer',
  teams: [4],
};
const rules = (...list: ViewerRule[]) => tenantsFor(list, alice);

describe('tenants', () => {
  it('are those of every rule that applies', () => {
    expect(
      rules(
        { organisation: 3, tenants: ['acme'] },
        { team: 4, tenants: ['globex', 'acme'] },
        { user: 'alice', tenants: ['initech'] },
        { organisation: 1, tenants: ['hidden'] },
        { team: 5, tenants: ['hidden'] },
        { user: 'bob', tenants: ['hidden'] },
        { role: 'Admin', tenants: '*' }
      )
    ).toEqual(['acme', 'globex', 'initech']);
  });

  it('need all conditions of a rule', () => {
    expect(rules({ organisation: 3, team: 5, tenants: ['hidden'] })).toEqual([]);
    expect(rules({ organisation: 3, role: 'Viewer', tenants: ['acme'] })).toEqual(['acme']);
  });

  it('are all of them by *, and none without a rule', () => {
    expect(rules({ user: 'uid7', tenants: '*' }, { team: 4, tenants: ['acme'] })).toBeNull();
    expect(rules()).toEqual([]);
  });

  it('are not got by a login that looks like somebody’s address', () => {
    const rule: ViewerRule = { user: 'boss@example.org', tenants: ['acme'] };
    expect(tenantsFor([rule], { ...alice, email: 'boss@example.org' })).toEqual(['acme']);
    expect(tenantsFor([rule], { ...alice, login: 'boss@example.org' })).toEqual([]);
  });
});

describe('user ids', () => {
  const settings = (input: object = {}) => viewersSchema.parse(input);

  it('are the address and the login, or what is configured', () => {
    expect(userIdsOf(alice, settings())).toEqual(['alice@example.org', 'alice']);
    expect(userIdsOf(alice, settings({ user_ids: ['uid'], users: { alice: ['u-17', 'u-18'] } }))).toEqual([
      'uid7',
      'u-17',
      'u-18',
    ]);
  });

  it('are never the name of “no user”, and none for those who are nobody', () => {
    expect(userIdsOf({ ...alice, login: '(not set)', email: '' }, settings())).toEqual([]);
    expect(userIdsOf({ ...alice, login: 'toString', email: null }, settings())).toEqual(['toString']);
    expect(userIdsOf({ ...alice, type: 'anonymous' }, settings())).toEqual([]);
    expect(userIdsOf({ ...alice, type: 'service-account' }, settings())).toEqual([]);
  });
});

it.each([
  [{ viewers: [{ tenants: ['acme'] }] }, /must name whom it is for/],
  [{ viewers: [{ role: 'Viewer', tenants: [] }] }, /tenants/],
  [{ viewers: [{ role: 'Owner', tenants: '*' }] }, /role/],
  [{ viewers: [{ orgs: 1, tenants: '*' }] }, /orgs/],
])('%j is refused', (input, why) => {
  const parsed = viewersSchema.safeParse(input);
  expect(JSON.stringify(parsed.error?.issues)).toMatch(why);
});

describe('approvers', () => {
  const ed: GrafanaUser = { ...alice, role: 'Editor' };

  it('are editors and administrators, or those of them who are named', () => {
    expect([alice, ed, { ...ed, role: 'Admin' }].map((user) => isApprover({}, user))).toEqual([false, true, true]);
    const approvers = [{ team: 4 }, { user: 'bob' }];
    expect(isApprover({ approvers }, ed)).toBe(true);
    expect(isApprover({ approvers }, { ...ed, teams: [] })).toBe(false);
    // A list makes nobody more than their role.
    expect(isApprover({ approvers }, alice)).toBe(false);
  });

  it('are somebody', () => {
    expect(viewersSchema.safeParse({ approvers: [{}] }).success).toBe(false);
    expect(viewersSchema.safeParse({ approvers: [] }).success).toBe(false);
  });
});
