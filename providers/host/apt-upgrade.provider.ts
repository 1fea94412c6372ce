import { isDeepStrictEqual } from "node:util";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Change } from "../kernel/state/changes";
import type { Problem } from "../kernel/state/problems";
import { nameIn } from "../kernel/state/urn";
import { aptUpgradeModel, type AptUpgradeInputs } from "./apt-upgrade.model";
import { NodeCommands, sshProblems } from "./node-commands";
import { isUnreached } from "../checks/unreached";
import { guestsForbid, guestsOn, needsReboot, rebootNode } from "./node-reboot";
import { listed, type AptPlan } from "./packages/apt-output";
import { kernelsOf, untouchable } from "./packages/kernels";
import { closedRepositories } from "./packages/enterprise";
import { refreshLists } from "./packages/refresh-lists";

interface AptUpgradeOutputs {
  readonly node: string;
  readonly upgraded: number;
  readonly pending: number;
  readonly rebootRequired: boolean;
}

type Inputs = Partial<AptUpgradeInputs>;

const command = (packages: readonly string[] | undefined): string[] =>
  packages === undefined ? ["dist-upgrade"] : ["install", "--only-upgrade", "--", ...packages];

/** Is an upgrade asked for? Not by every change: another time-out is none. */
const isDue = (inputs: Inputs, was: Inputs | undefined): boolean =>
  was === undefined ||
  !isDeepStrictEqual(inputs.triggers, was.triggers) ||
  (inputs.packages !== undefined && !isDeepStrictEqual(inputs.packages, was.packages)) ||
  (inputs.packages === undefined && was.packages !== undefined) ||
  (inputs.keepUpToDate === true && was.keepUpToDate !== true);

/** What would go and may not. */
async function forbidden(
  pve: Pve,
  node: string,
  { remove }: AptPlan,
  allowed: readonly string[] = [],
): Promise<string[]> {
  if (remove.length === 0) return [];
  const needed = untouchable(remove, await kernelsOf(pve, node));
  const others = remove.filter((name) => !allowed.includes(name) && !needed.includes(name));
  return [
    ...(needed.length > 0
      ? [`the upgrade would remove ${listed(needed)}, which node ${node} cannot do without; look at its repositories`]
      : []),
    ...(others.length > 0
      ? [`the upgrade would remove ${listed(others)} from node ${node}; name what may go in allowRemove`]
      : []),
  ];
}

export const aptUpgradeProvider = (session: Session) => {
  const on = async (call: Call, node: string) => {
    const pve = await session.node(call, node);
    return { pve, commands: new NodeCommands(pve, call, node, "packages") };
  };

  return define<AptUpgradeInputs, AptUpgradeOutputs>(
    {
      kind: "AptUpgrade",
      model: aptUpgradeModel,
      outputs: ["node", "upgraded", "pending", "rebootRequired"],
      timeouts: { create: "60m", update: "60m", delete: "1m", read: "5m" },
      async inspect(call, inputs, was) {
        const { node } = inputs;
        const turnedOn = inputs.reboot === true && was?.reboot !== true;
        if (node === undefined || !(isDue(inputs, was) || turnedOn)) return [];
        const { pve, problems } = await session.lookAtNode(call, node, "node");
        if (!pve) return [...problems];
        const withoutSsh = sshProblems(pve, "packages");
        if (withoutSsh.length > 0) return [...problems, ...withoutSsh];
        try {
          return [...problems, ...(await inspectLive(pve, call, { ...inputs, node }))];
        } catch (error) {
          if (!isUnreached(error)) throw error;
          return [...problems, { path: "node", message: error.message }];
        }
      },
      async refine(call, changes, at, { wanted }) {
        if (wanted.reboot !== true) return changes.map((change) => ({ ...change, effect: withoutReboot(change) }));
        const { pve } = await session.lookAtNode(call, at.node, "node");
        const guests = pve ? guestsOn(await pve.guestsNow(), at.node).length : undefined;
        const note = `node ${at.node}${guests === undefined ? "" : `, where ${guestCount(guests)}`}`;
        return changes.map((change) =>
          withoutReboot(change) === "upgrade" || change.path === "reboot"
            ? { ...change, effect: "reboot", note }
            : change,
        );
      },
      async observe(call, at, wanted) {
        const { pve, commands } = await on(call, at.node);
        const { install } = await commands.plan(command(wanted.packages));
        const pending = install.filter(({ from }) => from !== undefined).length;
        const outputs = { ...at, pending, rebootRequired: await needsReboot(pve, commands, at.node) };
        const current = wanted.keepUpToDate === true ? { keepUpToDate: pending === 0 } : {};
        return { inputs: { ...wanted, ...current, node: at.node }, outputs };
      },
      async ensure(call, { node }, made) {
        await on(call, node);
        await call.safePoint();
        const id = `${node}/${nameIn(call.urn)}`;
        const at = { node, upgraded: 0, pending: 0, rebootRequired: false };
        made(id, at);
        return { id, at };
      },
      async sync(call, at, inputs, was, creating) {
        const { node } = at;
        const { pve, commands } = await on(call, node);
        const due = creating || isDue(inputs, was);
        const upgraded = due
          ? await pve.limits([`host:${node}`], call, () => upgrade(pve, call, commands, inputs))
          : at.upgraded;
        const reboots = inputs.reboot === true && (due || was.reboot !== true);
        const required = await needsReboot(pve, commands, node);
        if (reboots && required)
          await rebootNode(pve, call, commands, { node, shutdownGuests: inputs.shutdownGuests === true });
        else if (required && due) call.report.warn(`node ${node} needs a reboot to run what was upgraded`);
        if (due)
          call.report.result(`node ${node}: ${upgraded} packages upgraded${reboots && required ? ", rebooted" : ""}`);
        return { ...at, upgraded };
      },
      async remove(call, { node }) {
        call.report.result(`node ${node} stays as it was upgraded`);
      },
    },
    session,
  );
};

const guestCount = (count: number): string => (count === 1 ? "1 guest runs" : `${count} guests run`);

const withoutReboot = ({ path, effect, to }: Change): string => {
  if (path === "reboot" || (path === "keepUpToDate" && to !== true)) return "live";
  return effect;
};

/** How much there is to do by the lists that the node has, what would go, and who is in the way of a reboot. */
async function inspectLive(pve: Pve, call: Call, inputs: Inputs & { node: string }): Promise<Problem[]> {
  const { node, packages, allowRemove, reboot, shutdownGuests } = inputs;
  const plan = await new NodeCommands(pve, call, node, "packages").plan(command(packages));
  const problems = (await forbidden(pve, node, plan, allowRemove)).map((message) => ({ path: "node", message }));
  const guests = reboot === true ? guestsOn(await pve.guestsNow(), node) : [];
  if (guests.length > 0 && shutdownGuests !== true)
    return [...problems, { path: "reboot", message: guestsForbid(node, guests) }];
  if (problems.length > 0) return problems;
  const closed = await closedRepositories(pve, node);
  if (closed !== undefined) call.report.warn(closed);
  const names = plan.install.map(({ name }) => name);
  const gone = plan.remove.length > 0 ? `; removes ${listed(plan.remove)}` : "";
  const then = reboot === true ? `; reboots where that needs it, ${guestCount(guests.length)} there` : "";
  call.report.result(
    `node ${node}: ${names.length === 0 ? "nothing to upgrade by the package lists that it has, which are refreshed first" : `upgrades ${listed(names)}`}${gone}${then}`,
  );
  return problems;
}

/** Refreshes the lists, looks at what apt would do, and lets it; returns how many packages have another version. */
async function upgrade(pve: Pve, call: Call, commands: NodeCommands, inputs: AptUpgradeInputs): Promise<number> {
  const { node, packages, allowRemove } = inputs;
  await refreshLists(pve, call, node);
  const plan = await commands.plan(command(packages));
  if (plan.install.length + plan.remove.length === 0) return 0;
  const problems = await forbidden(pve, node, plan, allowRemove);
  if (problems.length > 0) throw new Error(`${problems.join("\n")}\nnothing was changed`);
  await commands.apt(`upgrading ${listed(plan.install.map(({ name }) => name))} on node ${node}`, [
    ...(plan.remove.length === 0 ? ["--no-remove"] : []),
    ...command(packages),
  ]);
  return plan.install.filter(({ from }) => from !== undefined).length;
}
