import type { Args } from "./calls";
import { lifeOf } from "./whole-life";
import type { Need, Right } from "./need";

/** A resource of a program, or of a preview. */
export interface DescribedResource {
  /** Name of its class: `Vm`. */
  readonly kind: string;
  /** The resource's name, where its arguments leave out what is named by it. */
  readonly name?: string | undefined;
  /** Its arguments; what is not known yet may be left out. */
  readonly args: object;
}

/** What a stack needs, and no more. */
export interface LeastPrivilege {
  /** Privileges by path, as an access control list gives them. A path of a collection (`/vms`) is for what has no number yet. */
  readonly paths: Readonly<Record<string, readonly string[]>>;
  /** All of them: for one role on `/`. */
  readonly privileges: readonly string[];
  /** Kinds of resources that only root@pam with its password may make or change: no role is enough. */
  readonly rootOnly: readonly string[];
}

/**
 * The privileges that resources need to be made, changed in what they describe, looked at and removed: reckoned from the
 * conditions of Proxmox VE's API and from the paths in the arguments.
 */
export function leastPrivilege(resources: readonly DescribedResource[]): LeastPrivilege {
  const rootOnly = new Set<string>();
  const choices: (readonly Need[])[] = [];
  const given = new Given();
  const walk = (need: Need, kind: string): void => {
    if (need === "root") rootOnly.add(kind);
    else if ("self" in need) return;
    else if ("all" in need) for (const one of need.all) walk(one, kind);
    else if ("any" in need) choices.push(need.any);
    else given.add(need);
  };
  for (const { kind, name, args } of resources) for (const need of lifeOf(kind, args as Args, name)) walk(need, kind);
  // What has to be given anyway decides which of several privileges is enough.
  for (let next = choices.shift(); next; next = choices.shift()) {
    if (next.some((need) => given.satisfies(need))) continue;
    const possible = next.filter((need) => need !== "root" && !("self" in need));
    const [chosen] = possible.map((need) => [need, given.cost(need)] as const).sort(([, a], [, b]) => a - b)[0] ?? [];
    if (chosen) walk(chosen, "");
  }
  return { ...given.result(), rootOnly: [...rootOnly].sort() };
}

class Given {
  readonly #paths = new Map<string, Set<string>>();

  add({ path, privilege }: Right): void {
    const at = asEntry(path);
    this.#paths.set(at, (this.#paths.get(at) ?? new Set()).add(privilege));
  }

  satisfies(need: Need): boolean {
    if (need === "root" || "self" in need) return false;
    if ("all" in need) return need.all.every((one) => this.satisfies(one));
    if ("any" in need) return need.any.some((one) => this.satisfies(one));
    return this.#paths.get(asEntry(need.path))?.has(need.privilege) ?? false;
  }

  /** How much more it is: a privilege that is given elsewhere is less than another one, and to see is less than to do. */
  cost(need: Need): number {
    if (need === "root" || "self" in need) return Infinity;
    if ("all" in need) return need.all.reduce((sum, one) => sum + this.cost(one), 0);
    if ("any" in need) return Math.min(...need.any.map((one) => this.cost(one)));
    if (this.satisfies(need)) return 0;
    if ([...this.#paths.values()].some((own) => own.has(need.privilege))) return 1;
    // What is given on the root reaches everywhere.
    return (need.privilege.endsWith(".Audit") ? 2 : 3) + (need.path === "/" ? 1 : 0);
  }

  result(): Pick<LeastPrivilege, "paths" | "privileges"> {
    const paths = [...this.#paths]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, own]) => [path, [...own].sort()] as const);
    const privileges = [...new Set(paths.flatMap(([, own]) => own))].sort();
    return { paths: Object.fromEntries(paths), privileges };
  }
}

/** Who may do it to all of them, may do it to one whose name is not known yet. */
const asEntry = (path: string): string => path.replace(/\/\*(\/.*)?$/, "") || "/";
