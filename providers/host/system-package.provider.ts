import { makes, onNode } from "../checks/made-here";
import { isProxmoxError } from "../../pve";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { nameIn } from "../kernel/state/urn";
import { NodeCommands, sshProblems } from "./node-commands";
import { isUnreached } from "../checks/unreached";
import { listed, type AptPlan } from "./packages/apt-output";
import { parsePackage } from "./packages/debian-names.model";
import { kernelsOf, untouchable } from "./packages/kernels";
import { closedRepositories } from "./packages/enterprise";
import { refreshLists } from "./packages/refresh-lists";
import { systemPackageModel, type SystemPackageInputs } from "./system-package.model";

interface SystemPackageOutputs {
  readonly node: string;
  /** Versions of the packages, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Packages that this resource has installed: only these go with it. */
  readonly __installed: readonly string[];
}

const namesOf = (packages: readonly string[]): string[] => packages.map((item) => parsePackage(item).name);

/** Packages that are not there, or in another version than was written. */
function missingOf(packages: readonly string[], there: ReadonlyMap<string, string>): string[] {
  return packages.filter((item) => {
    const { name, version } = parsePackage(item);
    const now = there.get(name);
    return now === undefined || (version !== undefined && version !== now);
  });
}

/** Is it that apt has not heard of a package, or of the version? */
const isUnknown = (error: unknown): boolean =>
  isProxmoxError(error, "task-failed") &&
  /Unable to locate package|was not found|no installation candidate/.test(error.message);

const command = (packages: readonly string[]): string[] => ["install", "--", ...packages];

function removals(plan: AptPlan, node: string): string[] {
  return plan.remove.length === 0
    ? []
    : [
        `installing it on node ${node} would remove ${listed(plan.remove)}; nothing was changed. Remove those by hand, or choose another package`,
      ];
}

export const systemPackageProvider = (session: Session) =>
  define<SystemPackageInputs, SystemPackageOutputs>(
    {
      kind: "SystemPackage",
      model: systemPackageModel,
      outputs: ["node", "versions", "__installed"],
      timeouts: { create: "20m", update: "20m", delete: "20m", read: "5m" },
      onNode: { node: ({ node }) => node, what: (_, { packages = [] }) => listed(namesOf(packages)) },
      async inspect(call, inputs, was) {
        const { node, packages = [] } = inputs;
        if (node === undefined || packages.length === 0) return [];
        for (const name of namesOf(packages)) makes(session, "package", onNode(node, name));
        if (was?.node === node && packages.every((item) => was.packages?.includes(item))) return [];
        const { pve, problems } = await session.lookAtNode(call, node, "node");
        if (!pve) return [...problems];
        const withoutSsh = sshProblems(pve, "packages");
        if (withoutSsh.length > 0) return [...problems, ...withoutSsh];
        try {
          return [...problems, ...(await inspectLive(pve, call, node, packages))];
        } catch (error) {
          if (!isUnreached(error)) throw error;
          return [...problems, { path: "node", message: error.message }];
        }
      },
      async observe(call, at, wanted) {
        const { packages = [] } = wanted;
        const pve = await session.node(call, at.node);
        const names = [...new Set([...namesOf(packages), ...at.__installed])];
        const there = await new NodeCommands(pve, call, at.node, "packages").installed(names);
        const live = packages.flatMap((item) => {
          const { name, version } = parsePackage(item);
          const now = there.get(name);
          return now === undefined ? [] : [version === undefined ? name : `${name}=${now}`];
        });
        const versions = namesOf(live).map((name) => [name, there.get(name) ?? ""]);
        return {
          inputs: { ...wanted, node: at.node, packages: live },
          outputs: { ...at, versions: Object.fromEntries(versions) as Record<string, string> },
        };
      },
      async ensure(call, { node, packages }, made) {
        const pve = await session.node(call, node);
        const there = await new NodeCommands(pve, call, node, "packages").installed(namesOf(packages));
        const at = { node, versions: {}, __installed: namesOf(packages).filter((name) => !there.has(name)) };
        await call.safePoint();
        const id = `${node}/${nameIn(call.urn)}`;
        made(id, at);
        return { id, at };
      },
      async sync(call, at, { packages }) {
        const pve = await session.node(call, at.node);
        return pve.limits([`host:${at.node}`], call, async () => {
          const added = await install(pve, call, at.node, packages);
          return { ...at, __installed: [...new Set([...at.__installed, ...added])] };
        });
      },
      async remove(call, at, settings) {
        const own = at.__installed.filter((name) => namesOf(settings.packages ?? []).includes(name));
        if (settings.removeOnDelete !== true || own.length === 0) {
          const why = settings.removeOnDelete === true ? "they were there before it" : "they are no longer managed";
          return call.report.result(`node ${at.node} keeps ${listed(namesOf(settings.packages ?? []))}; ${why}`);
        }
        const pve = await session.node(call, at.node);
        await pve.limits([`host:${at.node}`], call, () => uninstall(pve, call, at.node, own));
      },
    },
    session,
  );

async function inspectLive(pve: Pve, call: Call, node: string, packages: readonly string[]): Promise<Problem[]> {
  const commands = new NodeCommands(pve, call, node, "packages");
  const missing = missingOf(packages, await commands.installed(namesOf(packages)));
  if (missing.length === 0) return [];
  try {
    const plan = await commands.plan(command(missing));
    const more = plan.install.map(({ name, to }) => `${name} ${to}`);
    if (plan.remove.length === 0 && more.length > 0) call.report.result(`node ${node}: installs ${listed(more)}`);
    return removals(plan, node).map((message) => ({ path: "packages", message }));
  } catch (error) {
    if (!isUnknown(error)) throw error;
    // It may come with a repository that the same program adds: the lists are refreshed before the installation.
    call.report.warn(`${(error as Error).message}; its package lists are refreshed before the installation`);
    const closed = await closedRepositories(pve, node);
    if (closed !== undefined) call.report.warn(closed);
    return [];
  }
}

/** Installs what is missing; returns what was not there before. */
async function install(pve: Pve, call: Call, node: string, packages: readonly string[]): Promise<string[]> {
  const commands = new NodeCommands(pve, call, node, "packages");
  const before = await commands.installed(namesOf(packages));
  const missing = missingOf(packages, before);
  if (missing.length === 0) return [];
  let plan: AptPlan;
  try {
    plan = await commands.plan(command(missing));
  } catch (error) {
    if (!isUnknown(error)) throw error;
    await refreshLists(pve, call, node);
    plan = await commands.plan(command(missing));
  }
  const refused = removals(plan, node);
  if (refused.length > 0) throw new Error(refused.join("\n"));
  await commands.apt(`installing ${listed(missing)} on node ${node}`, ["--no-remove", ...command(missing)]);
  const after = await commands.installed(namesOf(packages));
  const left = missingOf(packages, after);
  if (left.length > 0) throw new Error(`apt-get ended well, but node ${node} does not have ${listed(left)}`);
  call.report.result(
    `node ${node}: installed ${listed(namesOf(missing).map((name) => `${name} ${after.get(name) ?? ""}`))}`,
  );
  return namesOf(missing).filter((name) => !before.has(name));
}

async function uninstall(pve: Pve, call: Call, node: string, names: readonly string[]): Promise<void> {
  const commands = new NodeCommands(pve, call, node, "packages");
  const there = [...(await commands.installed(names)).keys()];
  if (there.length === 0) return;
  const argv = ["remove", "--", ...there];
  const { remove, install: brought } = await commands.plan(argv);
  const others = [...remove, ...brought.map(({ name }) => name)].filter((name) => !there.includes(name));
  if (others.length > 0)
    throw new Error(
      `removing ${listed(there)} from node ${node} would change ${listed(others)} too; nothing was removed. Remove them by hand, or set removeOnDelete: false`,
    );
  const needed = untouchable(remove, await kernelsOf(pve, node));
  if (needed.length > 0) throw new Error(`node ${node} cannot do without ${listed(needed)}; nothing was removed`);
  await commands.apt(`removing ${listed(there)} from node ${node}`, argv);
  call.report.result(`node ${node}: removed ${listed(there)}`);
}
