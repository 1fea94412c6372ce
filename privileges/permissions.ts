import { contract, type Check } from "../contract";
import { all, any, oneOf, right, type Need } from "./need";

/** Values that decide on which path a right is needed; one that is not known is left out. */
export type PathValues = Readonly<Record<string, string | undefined>>;

/**
 * What the contract says that a call needs, before Proxmox looks at its parameters. Facts: check_api2_permissions and
 * exec_api2_perm_check in PVE/RPCEnvironment.pm.
 */
export function needOf(endpoint: string, params: PathValues = {}): Need {
  const method = contract()[endpoint];
  if (!method) throw new Error(`the contract has no ${endpoint}`);
  const { permissions } = method;
  if (!permissions) return "root";
  if (permissions.user !== undefined) return all();
  return permissions.check ? ofCheck(permissions.check, params) : "root";
}

function ofCheck(check: Check, params: PathValues): Need {
  const [test, ...rest] = check;
  switch (test) {
    case "and":
      return all(...(rest as Check[]).map((one) => ofCheck(one, params)));
    case "or":
      return any(...(rest as Check[]).filter((one) => mayHold(one, params)).map((one) => ofCheck(one, params)));
    case "perm":
      return ofPerm(check, params);
    case "perm-modify":
      return toGive(fill(String(rest[0]), params));
    case "userid-param":
      return ofUser(String(rest[0]), params["userid"]);
    case "userid-group":
      // Whoever may do it to the members of a group only, may do it to some users.
      return any(
        oneOf("/access/groups", ...(rest[0] as string[])),
        oneOf("/access/groups/*", ...(rest[0] as string[])),
      );
    default:
      throw new Error(`the contract has an unknown condition: ${test}`);
  }
}

/** Alternatives for a parameter that is not sent are none. */
function mayHold(check: Check, params: PathValues): boolean {
  const required = option(check.slice(3), "require_param");
  return required === undefined || params[required] !== undefined;
}

function ofPerm(check: Check, params: PathValues): Need {
  const [, template, privileges, ...pairs] = check as readonly [string, string, string[], ...unknown[]];
  const path = fill(template, params);
  return option(pairs, "any") === undefined ? right(path, ...privileges) : oneOf(path, ...privileges);
}

function ofUser(test: string, userid: string | undefined): Need {
  if (test === "self") return { self: userid ?? "*" };
  return right(`/access/realm/${userid?.replace(/^.*@/, "") ?? "*"}`, test);
}

/** Rights on a path are given by whoever may change rights there, or has what the things there are made by. */
function toGive(path: string): Need {
  const made = /^\/(storage|vms|pool)\/./.exec(path)?.[1];
  const makes = { storage: "Datastore.Allocate", vms: "VM.Allocate", pool: "Pool.Allocate" } as const;
  return oneOf(path, "Permissions.Modify", ...(made === undefined ? [] : [makes[made as keyof typeof makes]]));
}

const fill = (template: string, params: PathValues): string =>
  template.replace(/\{([\w-]+)\}/g, (_, name: string) => params[name] ?? "*");

/** Options follow as `name, value, name, value`. */
function option(pairs: readonly unknown[], name: string): string | undefined {
  const at = pairs.findIndex((one, i) => i % 2 === 0 && one === name);
  return at < 0 ? undefined : String(pairs[at + 1]);
}
