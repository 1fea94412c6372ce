import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { DatacenterOptionsArgs } from "./arguments.generated";

type Option<Name extends keyof DatacenterOptionsArgs> = pulumi.Output<pulumi.Unwrap<DatacenterOptionsArgs[Name]>>;

/** What {@link DatacenterOptions.get} tells. */
const outputs = [
  "bandwidthLimits",
  "consentText",
  "console",
  "crs",
  "description",
  "emailFrom",
  "fencing",
  "ha",
  "httpProxy",
  "keyboard",
  "language",
  "macPrefix",
  "maxWorkers",
  "migration",
  "nextId",
  "notify",
  "registeredTags",
  "replication",
  "tagStyle",
  "u2f",
  "userTagAccess",
  "webauthn",
] as const satisfies readonly (keyof DatacenterOptionsArgs)[];

/**
 * Options of the whole cluster, or of a node that is in none. They are there in any case: the resource sets what its
 * arguments say and nothing else, and leaves everything else to others. Several resources may each set other options.
 * An argument that is taken away goes back to Proxmox's default, and so do all of them when the resource is deleted;
 * what somebody else has changed meanwhile stays. Reading needs Sys.Audit on `/`, setting Sys.Modify.
 *
 * ```ts
 * new DatacenterOptions("options", {
 *   migration: { type: "insecure", network: "10.0.5.0/24" },
 *   nextId: { lower: 2000, upper: 3000 },
 *   keyboard: "de",
 * });
 * ```
 */
export class DatacenterOptions extends ProxmoxResource {
  /** Limits of what copies much, in KiB/s. */
  declare readonly bandwidthLimits: Option<"bandwidthLimits">;
  /** Text that is shown before the log-in. */
  declare readonly consentText: Option<"consentText">;
  /** Viewer of consoles. */
  declare readonly console: Option<"console">;
  /** Where HA resources run. */
  declare readonly crs: Option<"crs">;
  /** Notes of the datacenter. */
  declare readonly description: Option<"description">;
  /** Sender of mails. */
  declare readonly emailFrom: Option<"emailFrom">;
  /** How HA stops a node that does not answer. */
  declare readonly fencing: Option<"fencing">;
  /** High availability. */
  declare readonly ha: Option<"ha">;
  /** Proxy of downloads. */
  declare readonly httpProxy: Option<"httpProxy">;
  /** Keyboard of VNC consoles. */
  declare readonly keyboard: Option<"keyboard">;
  /** Language of the web interface. */
  declare readonly language: Option<"language">;
  /** Beginning of the MAC addresses that guests get. */
  declare readonly macPrefix: Option<"macPrefix">;
  /** How many workers a node starts at once. */
  declare readonly maxWorkers: Option<"maxWorkers">;
  /** Way and network of migrations. */
  declare readonly migration: Option<"migration">;
  /** VMIDs that Proxmox suggests. */
  declare readonly nextId: Option<"nextId">;
  /** Notifications as they were before targets and matchers. */
  declare readonly notify: Option<"notify">;
  /** Tags that only those may set who may change the options. */
  declare readonly registeredTags: Option<"registeredTags">;
  /** Way and network of replication. */
  declare readonly replication: Option<"replication">;
  /** Tags in the web interface. */
  declare readonly tagStyle: Option<"tagStyle">;
  /** U2F. */
  declare readonly u2f: Option<"u2f">;
  /** Which tags users may set. */
  declare readonly userTagAccess: Option<"userTagAccess">;
  /** WebAuthn. */
  declare readonly webauthn: Option<"webauthn">;

  /** All options that are set, only read and never changed. */
  static get(name: string, opts?: pulumi.CustomResourceOptions): DatacenterOptions {
    return new DatacenterOptions(name, {}, { ...opts, id: "datacenter" });
  }

  constructor(name: string, args: DatacenterOptionsArgs, opts?: pulumi.CustomResourceOptions) {
    super({ kind: "DatacenterOptions", outputs, sensitive: ["httpProxy"] }, name, args, opts);
  }
}
