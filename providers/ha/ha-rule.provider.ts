import { wire } from "../../pve";
import { isMade } from "../checks/made-here";
import { checkNode } from "../checks/nodes";
import type { Call } from "../kernel/call/call";
import { changeOfTexts, fromTexts, textsOf, toTexts } from "../kernel/fields/mapping";
import { named } from "../kernel/named";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { haRuleModel, ruleFields, type HaRuleInputs } from "./ha-rule.model";
import { ruleFrom, rulesNow, situationChanged, situationNow, situationShared } from "./ha-look";
import { consequences } from "./service-moves";
import { conflicts } from "./rule-conflicts";
import { assertNamed, inWords, unnamed } from "./say";
import { withRule, type AffinityRule, type Situation } from "./situation";

interface HaRuleOutputs {
  readonly rule: string;
  readonly type: "node-affinity" | "resource-affinity";
}

type Entry = wire.WireObject;

export const haRuleProvider = (session: Session) =>
  named<HaRuleInputs, HaRuleOutputs, Entry>(
    {
      kind: "HaRule",
      noun: "HA rule",
      name: "rule",
      model: haRuleModel,
      outputs: ["rule", "type"],
      timeouts: { create: "3m", update: "3m", delete: "2m", read: "2m" },
      lock: "cluster:ha.cfg",
      // Two of them would name the same guests, which Proxmox refuses.
      oldGoesFirst: () => true,
      list: rulesNow,
      async read(pve, rule) {
        const entry = wire.object(await pve.api.cluster.ha.rules.$(rule).$get());
        return entry["rule"] === rule ? entry : undefined;
      },
      at: ({ rule, type }) => ({ rule, type }),
      live(entry, at, wanted) {
        const { type } = ruleFrom(at.rule, entry);
        const inputs = fromTexts(ruleFields, textsOf(entry), wanted);
        const all = Object.fromEntries(Object.keys(ruleFields).map((name) => [name, inputs[name]]));
        return { inputs: { ...wanted, ...all, type, rule: at.rule }, outputs: { ...at, type } };
      },
      differences: ({ type }, entry) =>
        type === undefined || entry["type"] === type ? [] : [`type is ${String(entry["type"])}`],
      async prepare(call, inputs) {
        const pve = await session.pve(call);
        await pve.assertQuorum(call);
        await nodesAreKnown(pve, call, inputs);
        return { inputs, outputs: {} };
      },
      async create(pve, inputs) {
        const situation = await situationNow(pve);
        assertNamed(consequences(situation, withRule(situation, ruleOf(inputs))), inputs, situation.guests);
        const { rule, type } = inputs;
        const resources = inputs.resources.join(",");
        situationChanged(pve);
        await pve.api.cluster.ha.rules.$post({ ...toTexts(ruleFields, inputs), rule, type, resources });
      },
      change(entry, inputs, was) {
        const { set, delete: given } = changeOfTexts(ruleFields, textsOf(entry), inputs, was);
        // Proxmox passes over a `disable` that is off.
        const { disable, ...sent } = set;
        const gone = [...given, ...(disable === "0" ? ["disable"] : [])];
        if (Object.keys(set).length === 0 && gone.length === 0) return undefined;
        const digest = wire.string(entry["digest"]);
        return {
          ...sent,
          ...(disable === "1" ? { disable } : {}),
          ...(gone.length === 0 ? {} : { delete: gone.join(",") }),
          ...(digest === undefined ? {} : { digest }),
        };
      },
      async update(pve, rule, change, { at, inputs }) {
        const situation = await situationNow(pve);
        const gone = wire.strings(change["delete"]);
        const live = withDefaults(
          situation.rules.find(({ name }) => name === rule),
          (key) => gone.includes(key),
        );
        assertNamed(consequences(situation, withRule(situation, ruleOf(inputs, live))), inputs, situation.guests);
        situationChanged(pve);
        await pve.api.cluster.ha.rules.$(rule).$put({ ...change, type: at.type });
      },
      async remove(pve, rule, { settings }) {
        const situation = await situationNow(pve);
        assertNamed(consequences(situation, withRule(situation, undefined, rule)), settings, situation.guests);
        situationChanged(pve);
        await pve.api.cluster.ha.rules.$(rule).$delete();
      },
      isAsSent: (inputs, entry) =>
        Object.keys(changeOfTexts(ruleFields, textsOf(entry), inputs, {}).set).length === 0 &&
        entry["type"] === inputs.type,
      async inspect(pve, call, inputs, was) {
        const problems = await inspectNodes(pve, inputs);
        const isSame = was !== undefined && same(inputs, was);
        if (!isSame) problems.push(...(await inspectRule(pve, call, inputs, was)));
        return problems;
      },
    },
    session,
  );

const isWhole = (inputs: Partial<HaRuleInputs>): inputs is HaRuleInputs =>
  inputs.rule !== undefined &&
  inputs.type !== undefined &&
  inputs.resources !== undefined &&
  (inputs.type === "node-affinity" ? inputs.nodes !== undefined : inputs.affinity !== undefined);

const acting = ["rule", "type", "resources", "nodes", "strict", "affinity", "disable", "allowMoves"] as const;
const same = (inputs: Partial<HaRuleInputs>, was: Partial<HaRuleInputs>): boolean =>
  acting.every((field) => JSON.stringify(inputs[field]) === JSON.stringify(was[field]));

/** The rule as described; what is left out is as it is. */
function ruleOf(inputs: HaRuleInputs, live?: AffinityRule): AffinityRule {
  return {
    name: inputs.rule,
    type: inputs.type,
    resources: inputs.resources,
    nodes: new Map((inputs.nodes ?? []).map(({ node, priority = 0 }) => [node, priority])),
    strict: inputs.strict ?? live?.strict ?? false,
    affinity: inputs.affinity,
    disable: inputs.disable ?? live?.disable ?? false,
  };
}

/** A rule of which something is said no longer: for that, Proxmox's default counts from then on. */
const withDefaults = (
  live: AffinityRule | undefined,
  isReset: (field: "strict" | "disable") => boolean,
): AffinityRule | undefined =>
  live && { ...live, strict: live.strict && !isReset("strict"), disable: live.disable && !isReset("disable") };

async function inspectNodes(pve: Pve, { nodes = [] }: Partial<HaRuleInputs>): Promise<Problem[]> {
  const view = await pve.picture();
  // HA waits for one that is offline.
  const known = { coming: view.coming, nodes: view.nodes.map((row) => ({ ...row, status: "online" as const })) };
  return nodes.flatMap((one, i) => checkNode(known, one?.node, `nodes[${i}].node`));
}

const makeDeclared = () => new Map<string, { readonly name: string; readonly rule: AffinityRule }>();

async function inspectRule(
  pve: Pve,
  call: Call,
  inputs: Partial<HaRuleInputs>,
  was: Partial<HaRuleInputs> | undefined,
): Promise<Problem[]> {
  const situation = await situationShared(pve, call);
  const problems = (inputs.resources ?? []).flatMap((sid, i): Problem[] => {
    if (sid === undefined || situation.services.some((one) => one.sid === sid) || isMade(pve, "HA resource", sid))
      return [];
    return [
      {
        path: `resources[${i}]`,
        message: `${sid} is not under HA; describe it by a HaResource, and write its sid here`,
      },
    ];
  });
  if (!isWhole(inputs) || problems.length > 0) return problems;
  const rule = ruleOf(
    inputs,
    withDefaults(
      situation.rules.find(({ name }) => name === inputs.rule),
      (field) => was?.[field] !== undefined,
    ),
  );
  const gone = was?.rule === undefined ? [] : [was.rule];
  // Rules of the program that were checked before it come beside those that are there.
  const declared = pve.memory("HA: rules of the program", makeDeclared);
  const others = [...declared].filter(([urn]) => urn !== call.urn).map(([, one]) => one);
  declared.set(call.urn, { name: inputs.rule, rule });
  const meant = others.reduce<Situation>((all, one) => withRule(all, one.rule), situation);
  const after = withRule(meant, rule, ...gone);
  const found = conflicts(after);
  for (const why of found.get(rule.name) ?? []) problems.push({ path: "resources", message: why });
  const already = conflicts(meant);
  for (const [name, why] of found)
    if (name !== rule.name && !already.has(name) && problems.length === 0)
      call.report.warn(`HA passes over the rule ${name} then: ${why.join("; ")}`);
  if (problems.length > 0) return problems;
  const what = consequences(situation, withRule(situation, rule, ...gone));
  problems.push(...unnamed(what, inputs, situation.guests));
  const words = inWords(what, situation.guests);
  if (words !== undefined && problems.length === 0) call.report.result(words);
  return problems;
}

/**
 * How many nodes there are Proxmox asks the HA manager, which knows none until it has taken up the first resource: until
 * then it refuses every rule that keeps guests apart.
 */
async function nodesAreKnown(pve: Pve, call: Call, { affinity, resources, disable }: HaRuleInputs): Promise<void> {
  if (affinity !== "negative" || disable === true) return;
  const known = async (): Promise<number> => {
    const status = wire.object(await pve.api.cluster.ha.status.manager_status.$get());
    return Object.keys(wire.object(wire.object(status["manager_status"])["node_status"])).length;
  };
  const members = (await pve.snapshot.nodes()).length;
  await pve.until(
    "the HA manager knows the nodes",
    async () => {
      const count = await known();
      const enough = count >= Math.min(members, resources.length);
      return enough ? { done: enough } : { pending: `it knows ${count} of ${members}` };
    },
    Math.min(call.remainingMs(), 60_000),
  );
}
