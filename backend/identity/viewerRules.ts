import { z } from 'zod';
import { NOT_SET } from '../../src/query';
import type { GrafanaUser } from './grafanaUser';

const CONDITIONS = ['organisation', 'team', 'user', 'role'] as const;

const conditions = {
  /** Id of a Grafana organisation. */
  organisation: z.int().min(1).optional(),
  /** Id of a Grafana team. */
  team: z.int().min(1).optional(),
  /** Login, e-mail address or uid. */
  user: z.string().min(1).optional(),
  role: z.enum(['Viewer', 'Editor', 'Admin']).optional(),
};
type Conditions = z.output<z.ZodObject<typeof conditions>>;

const namesSomebody = (rule: Conditions): boolean => CONDITIONS.some((name) => rule[name] !== undefined);
const FOR_WHOM = { error: `must name whom it is for: ${CONDITIONS.join(', ')}` };

const ruleSchema = z
  .strictObject({ ...conditions, tenants: z.union([z.literal('*'), z.array(z.string().min(1)).min(1)]) })
  .refine(namesSomebody, FOR_WHOM);

/** The part `grafana` of the configuration file. */
export const viewersSchema = z
  .strictObject({
    /** Who sees which tenants. Unset: everybody who may use the app sees what its key may read. */
    viewers: z.array(ruleSchema).optional(),
    /** Who, of the editors and administrators, decides about approvals. Unset: all of them. */
    approvers: z.array(z.strictObject(conditions).refine(namesSomebody, FOR_WHOM)).min(1).optional(),
    /** What of a user's identity is their user id in the calls. */
    user_ids: z
      .array(z.enum(['email', 'login', 'uid']))
      .min(1)
      .default(['email', 'login']),
    /** User ids that somebody has besides, by login, e-mail address or uid. */
    users: z.record(z.string(), z.array(z.string().min(1)).min(1)).default({}),
  })
  .prefault({});

export type ViewerSettings = z.output<typeof viewersSchema>;
export type ViewerRule = z.output<typeof ruleSchema>;

/**
 * Names that stand for a user. A login that looks like an e-mail address is none: users of Grafana may rename themselves,
 * and could take somebody else's address as their login.
 */
function namesOf({ uid, login, email }: GrafanaUser): Record<'uid' | 'login' | 'email', string | null> {
  return { uid, login: login?.includes('@') ? null : login, email: email?.includes('@') ? email : null };
}

const calledBy = (user: GrafanaUser): Set<string> =>
  new Set(Object.values(namesOf(user)).filter((name): name is string => name !== null));

function applies(rule: Conditions, user: GrafanaUser): boolean {
  return (
    (rule.organisation === undefined || rule.organisation === user.organisation) &&
    (rule.team === undefined || user.teams.includes(rule.team)) &&
    (rule.role === undefined || rule.role === user.role) &&
    (rule.user === undefined || calledBy(user).has(rule.user))
  );
}

/** The tenants of every rule that applies to the user; null for all of them. */
export function tenantsFor(rules: readonly ViewerRule[], user: GrafanaUser): string[] | null {
  const lists = rules.filter((rule) => applies(rule, user)).map(({ tenants }) => tenants);
  return lists.includes('*') ? null : [...new Set(lists.flat())];
}

/** Whether the user is one of those who decide about approvals; without a list all editors and administrators are. */
export const isApprover = ({ approvers }: Pick<ViewerSettings, 'approvers'>, user: GrafanaUser): boolean =>
  ['Editor', 'Admin'].includes(user.role) && (approvers?.some((rule) => applies(rule, user)) ?? true);

/** A filter takes these two for "has no user", which is everybody's usage that has none. */
export const isUserId = (text: string): boolean => text !== '' && text !== NOT_SET;

/** The user ids whose calls are the user's own; none for anybody who isn't a person. */
export function userIdsOf(
  user: GrafanaUser,
  { user_ids, users }: Pick<ViewerSettings, 'user_ids' | 'users'>
): string[] {
  if (user.type !== 'user') {
    return [];
  }
  const names = namesOf(user);
  const own = user_ids.map((kind) => names[kind]).filter((name): name is string => name !== null);
  const given = [...calledBy(user)].flatMap((name) => (Object.hasOwn(users, name) ? users[name]! : []));
  return [...new Set([...own, ...given])].filter(isUserId);
}
