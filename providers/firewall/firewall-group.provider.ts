import type { Session } from "../kernel/session/session";
import { changeComment } from "./change-comment";
import { firewallGroupModel, type FirewallGroupInputs } from "./firewall-group.model";
import { groupsOf, type LiveGroup } from "./groups";
import { locateIn, type Located } from "./firewall-calls";
import { namedThing } from "./named-thing";
import { checkRules } from "./rule-checks";
import { packetMeaning } from "./rule-meaning";
import { converge, isDue, readRules, seenRules, type WantedRules } from "./rule-list";
import { usersOf } from "./used-by";
import { otherOwner } from "../checks/declared-twice";
import { thingOf } from "./firewall-calls";

type Inputs = FirewallGroupInputs & { readonly place?: undefined };

const rulesIn = async (where: Located, group: string): Promise<Located> => {
  const found = await locateIn(where.pve, { group });
  if (!found) throw new Error("the cluster has no firewall");
  return found;
};

/** What its list is to become; undefined where it is managed neither now nor before. */
function wantedOf({ rules }: Partial<Inputs>, was: Partial<Inputs>): WantedRules | undefined {
  if (rules !== undefined) return { rules, was: was.rules ?? [], keepForeign: false };
  return was.rules === undefined ? undefined : { rules: [], was: was.rules, keepForeign: true };
}

export const firewallGroupProvider = (session: Session) =>
  namedThing<Inputs, LiveGroup>(session, {
    kind: "FirewallGroup",
    model: firewallGroupModel,
    ...{ noun: "security group", name: "group", global: true },
    list: groupsOf,
    nameOf: ({ group }) => group,
    async live(where, { group, comment }, wanted) {
      const rules = await readRules(await rulesIn(where, group));
      return { comment, rules: [...seenRules(rules, wanted.rules ?? [], false)] };
    },
    create: ({ at }, { group, comment }) =>
      at("groups").$post({ group, ...((comment ?? "") === "" ? {} : { comment }) }),
    async inspect(call, pve, { group, rules }) {
      const problems = await checkRules(call, pve, { group: group ?? "" }, rules);
      const owner =
        group === undefined || rules === undefined ? undefined : otherOwner(session, call, thingOf("rules", { group }));
      if (owner !== undefined)
        problems.push({
          path: "rules",
          message: `the rules of security group ${group ?? ""} are set by ${owner} already; keep one of the two`,
        });
      return problems;
    },
    async isAsMade(where, { group }, { rules = [] }) {
      const meant = new Set(rules.map(packetMeaning));
      return (await readRules(await rulesIn(where, group))).every(({ rule }) => meant.has(packetMeaning(rule)));
    },
    requests: ({ rules = [] }, was) => 3 * (rules.length + (was.rules?.length ?? 0)),
    async due(where, inputs, was) {
      const wanted = wantedOf(inputs, was);
      return wanted !== undefined && (await isDue(await rulesIn(where, inputs.group), wanted));
    },
    async sync(call, where, inputs, was) {
      const { group } = inputs;
      await changeComment(call, where, {
        ...{ what: `changing security group ${group}`, list: "groups", key: "group" },
        ...{ wanted: inputs.comment, was: was.comment },
        async find() {
          const live = (await groupsOf(where)).get(group.toLowerCase());
          return live && { ...live, name: live.group };
        },
      });
      const wanted = wantedOf(inputs, was);
      if (wanted) await converge(call, await rulesIn(where, group), wanted);
    },
    async remove(call, where, name, settings) {
      const inside = await rulesIn(where, name);
      await converge(call, inside, { rules: [], was: settings.rules ?? [], keepForeign: true });
      const find = async () => (await groupsOf(where)).get(name.toLowerCase());
      await where.pve.write(call, {
        what: `deleting security group ${name}`,
        lock: where.lock,
        send: async () => {
          if (!(await find())) return;
          const left = await readRules(inside);
          if (left.length > 0)
            throw new Error(
              `security group ${name} has ${left.length} rules of others; it was not deleted. Run pulumi refresh first if they may go`,
            );
          await where.at("groups", name).$delete();
        },
        happened: async () => (await find()) === undefined,
      });
    },
    change: (group, wanted) =>
      wanted !== undefined && wanted.rules === undefined ? undefined : { kind: "group", group, rules: wanted?.rules },
    users: (pve, owner, name) =>
      usersOf(pve, owner, { rule: ({ group }) => group?.toLowerCase() === name.toLowerCase() }),
  });
