import type { ArchivePackage } from "../world/packages.js";
import type { NodeState } from "../world/world.js";
import { candidate, packagesOf, upgradable } from "./node-packages.js";
import { compareVersions } from "./debian-versions.js";

/** What apt would do. */
export interface Plan {
  install: Map<string, ArchivePackage>;
  remove: Set<string>;
  /** What keeps it from doing anything. */
  errors: string[];
  notes: string[];
}

/** Takes a package into the plan, with what it needs; what cannot be there beside it goes. */
function take(node: NodeState, plan: Plan, found: ArchivePackage): void {
  if (plan.install.has(found.name)) return;
  const { installed } = packagesOf(node);
  plan.install.set(found.name, found);
  for (const name of found.depends ?? []) {
    const newest = candidate(node, name);
    if (!newest && installed[name] === undefined)
      plan.errors.push(`E: Unable to correct problems, you have held broken packages.`);
    else if (newest && (installed[name] === undefined || compareVersions(newest.version, installed[name]) > 0))
      take(node, plan, newest);
  }
  for (const name of found.conflicts ?? []) if (installed[name] !== undefined) plan.remove.add(name);
}

const empty = (): Plan => ({ install: new Map(), remove: new Set(), errors: [], notes: [] });

export function planUpgrade(node: NodeState): Plan {
  const plan = empty();
  for (const newest of upgradable(node)) take(node, plan, newest);
  return plan;
}

/** `install NAME[=VERSION] …`; `onlyUpgrade` leaves out what is not there. */
export function planInstall(node: NodeState, wanted: readonly string[], onlyUpgrade: boolean): Plan {
  const plan = empty();
  const { installed } = packagesOf(node);
  for (const word of wanted) {
    const [name = "", version] = word.split("=");
    const now = installed[name];
    const found = candidate(node, name, version);
    if (onlyUpgrade && now === undefined) {
      plan.notes.push(`Skipping ${name}, it is not installed and only upgrades are requested.`);
      continue;
    }
    if (version !== undefined && now === version) {
      plan.notes.push(`${name} is already the newest version (${now}).`);
      continue;
    }
    if (!found) {
      if (version === undefined && now !== undefined)
        plan.notes.push(`${name} is already the newest version (${now}).`);
      else if (version !== undefined && (now !== undefined || candidate(node, name)))
        plan.errors.push(`E: Version '${version}' for '${name}' was not found`);
      else plan.errors.push(`E: Unable to locate package ${name}`);
      continue;
    }
    if (version === undefined && now !== undefined && compareVersions(found.version, now) <= 0) {
      plan.notes.push(`${name} is already the newest version (${now}).`);
      continue;
    }
    take(node, plan, found);
  }
  return plan;
}

/** `remove NAME …`, with what needs them. */
export function planRemove(node: NodeState, names: readonly string[]): Plan {
  const plan = empty();
  const { installed, index = [] } = packagesOf(node);
  const go = (name: string): void => {
    if (installed[name] === undefined || plan.remove.has(name)) return;
    plan.remove.add(name);
    for (const other of Object.keys(installed))
      if (index.some((one) => one.name === other && one.depends?.includes(name))) go(other);
  };
  for (const name of names) {
    if (installed[name] !== undefined) go(name);
    else if (candidate(node, name)) plan.notes.push(`Package '${name}' is not installed, so not removed`);
    else plan.errors.push(`E: Unable to locate package ${name}`);
  }
  return plan;
}
