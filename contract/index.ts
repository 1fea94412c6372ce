import fs from "node:fs";
import path from "node:path";

/** One value in the Proxmox API: a parameter, or a key of a property string. */
export interface Schema {
  readonly type?: "string" | "integer" | "number" | "boolean" | "array" | "object" | "null";
  readonly optional?: 1;
  /** A named format, or the keys of a property string. */
  readonly format?: string | Readonly<Record<string, Schema>>;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: string | number;
  readonly requires?: string;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  /** In a property string: a value without `key=` belongs to this key. */
  readonly default_key?: 1;
  readonly alias?: string;
  readonly keyAlias?: string;
  readonly "type-property"?: string;
  readonly "instance-types"?: readonly string[];
  /** For an indexed key such as `net[n]`: the number of keys there are, counted from 0. */
  readonly count?: number;
}

/** A condition on the caller's privileges, in the nested lists of Proxmox: `["perm", "/vms/{vmid}", ["VM.Audit"]]`. */
export type Check = readonly [string, ...unknown[]];

/** Who may call an endpoint. Without it only root@pam may, and no token. */
interface Permissions {
  readonly user?: "all" | "world";
  readonly check?: Check;
}

/** One endpoint of the Proxmox API. */
export interface ApiMethod {
  readonly params: Readonly<Record<string, Schema>>;
  /** Parameters that the schema does not name are accepted. */
  readonly open?: 1;
  readonly permissions?: Permissions;
  /** Not available to API tokens. */
  readonly ticketOnly?: 1;
  /** The parameter that names the node on which the call runs. */
  readonly proxyto?: string;
  /** Runs as root in pvedaemon. */
  readonly protected?: 1;
  /** The type of the reply's data. */
  readonly returns?: string;
}

/** Every endpoint by `METHOD /path/{template}`. */
type Contract = Readonly<Record<string, ApiMethod>>;

let loaded: Contract | undefined;

/** The Proxmox VE 9.2 API. */
export function contract(): Contract {
  return (loaded ??= load());
}

/** The tables are data files next to this module, so that TypeScript need not infer types for half a megabyte. */
function load(): Contract {
  const read = (name: string): Record<string, unknown> =>
    JSON.parse(fs.readFileSync(path.join(__dirname, name), "utf8")) as Record<string, unknown>;
  let shared: Record<string, unknown> | undefined;
  const resolved = new Map<string, unknown>();
  const resolve = (value: unknown): unknown => {
    if (typeof value === "string" && value.startsWith("$")) {
      shared ??= read("shared.json");
      if (!resolved.has(value)) resolved.set(value, resolve(shared[value.slice(1)]));
      return resolved.get(value);
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, sub]) => [key, key === "pattern" || key === "default" ? sub : resolve(sub)]),
    );
  };
  const endpoints: Record<string, ApiMethod> = {};
  const tables = fs.readdirSync(__dirname).filter((name) => name.endsWith(".json") && name !== "shared.json");
  for (const table of [...tables.filter((name) => name !== "supplement.json"), "supplement.json"]) {
    for (const [key, endpoint] of Object.entries(read(table))) {
      const { params, ...rest } = endpoint as ApiMethod;
      const earlier = endpoints[key];
      let known: ApiMethod["params"] | undefined;
      endpoints[key] = {
        ...earlier,
        ...rest,
        // Whoever compares rights asks for no parameters: putting those of all endpoints together takes longest.
        get params() {
          return (known ??= { ...earlier?.params, ...(resolve(params ?? {}) as ApiMethod["params"]) });
        },
      };
    }
  }
  return endpoints;
}
