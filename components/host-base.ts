import * as pulumi from "../providers/kernel/program/sdk";
import { Component } from "../providers/kernel/program/component";
import type { SystemUserArgs } from "../providers/access/arguments.generated";
import { SystemUser } from "../providers/access/system-user";
import { AptRepository } from "../providers/host/apt-repository";
import { AptUpgrade } from "../providers/host/apt-upgrade";
import { Dns } from "../providers/host/dns";
import { HostsEntries } from "../providers/host/hosts-entries";
import { LogRotation } from "../providers/host/log-rotation";
import { NodeOptions } from "../providers/host/node-options";
import { Sysctl } from "../providers/host/sysctl";
import { SystemPackage } from "../providers/host/system-package";
import { TimeZone } from "../providers/host/time-zone";
import type {
  AptRepositoryArgs,
  AptUpgradeArgs,
  DnsArgs,
  HostsEntriesArgs,
  HostsEntriesEntryArgs,
  LogRotationArgs,
  NodeOptionsArgs,
  SysctlArgs,
  SystemPackageArgs,
  TimeZoneArgs,
} from "../providers/host/arguments.generated";
import { mistake } from "../providers/kernel/program/mistake";
import { child, dependencies, type Transform } from "./child";
import type { PlannedChild } from "./node-layers.plan";
import type { NodeVariables } from "./node-variables.plan";

type OnNode<Args> = Omit<Args, "node">;

/** The base of a node. Texts may hold `{{name}}`, and the variables of the node. */
export interface HostSettings {
  /**
   * Repositories of Proxmox by their handles, and whether packages come from them:
   * `{ enterprise: false, "no-subscription": true }`. `enterprise: false` switches off Ceph's enterprise repository too, of
   * whatever release, which the installer leaves on and which lets nobody in without a subscription either
   * (`"ceph-enterprise": false`). Not where one of Ceph's enterprise repositories is named, with `true`, `false` or, to leave
   * it as it is, `null`; nor in a ProxmoxCluster whose Ceph comes from it.
   *
   * - Default: as they are
   * - Change: that of each AptRepository
   */
  readonly repositories?: Readonly<Record<string, boolean | null>>;
  /**
   * Upgrades packages; without it nothing is upgraded.
   *
   * - Default: nothing is upgraded
   * - Change: that of the AptUpgrade
   */
  readonly upgrade?: OnNode<AptUpgradeArgs> | null;
  /**
   * Sets of packages to install, by names of your own.
   *
   * - Default: none
   * - Change: that of each SystemPackage
   */
  readonly packages?: Readonly<Record<string, OnNode<SystemPackageArgs> | null>>;
  /**
   * Linux accounts by their names, made after the packages: `{ ci: { authorizedKeys: ["ssh-ed25519 …"] } }`.
   *
   * - Default: none
   * - Change: that of each SystemUser
   */
  readonly accounts?: Readonly<
    Record<string, Omit<OnNode<SystemUserArgs>, "name" | "guest" | "vmid" | "ssh" | "agentTimeout"> | null>
  >;
  /**
   * Lines of /etc/hosts. One with variables stands for a line of each node:
   * `{ address: "10.0.0.{{hostOctet}}", names: ["{{name}}.example.com", "{{name}}"] }`.
   *
   * - Default: none
   * - Change: live
   */
  readonly hosts?: readonly HostsEntriesEntryArgs[] | null;
  /**
   * Name servers and search domain.
   *
   * - Default: as they are
   * - Change: that of the Dns
   */
  readonly dns?: Partial<OnNode<DnsArgs>> | null;
  /**
   * Time zone, such as `Europe/Berlin`.
   *
   * - Default: as it is
   * - Change: live
   */
  readonly timeZone?: string | null;
  /**
   * Options of the node in Proxmox.
   *
   * - Default: as they are
   * - Change: that of the NodeOptions
   */
  readonly options?: OnNode<NodeOptionsArgs> | null;
  /**
   * Kernel parameters by the file that they stand in: `{ tuning: { "vm.swappiness": 10 } }`.
   *
   * - Default: as they are
   * - Change: that of each Sysctl
   */
  readonly sysctl?: Readonly<Record<string, Readonly<Record<string, number | string>> | null>>;
  /**
   * How logs are rotated, by the file in /etc/logrotate.d that says so, made after the packages:
   * `{ app: { logs: ["/var/log/app/*.log"], frequency: "daily", rotate: 7, missingOk: true } }`.
   *
   * - Default: as Debian and the packages have it
   * - Change: that of each LogRotation
   */
  readonly logRotation?: Readonly<Record<string, Omit<OnNode<LogRotationArgs>, "name"> | null>>;
}

/** A node with what is different on it. */
export interface HostNode {
  /**
   * What `{{…}}` stands for on it: `{ hostOctet: 5 }`. `{{name}}` is its name.
   *
   * - Default: none but `name`
   * - Change: that of the values that hold them
   */
  readonly variables?: NodeVariables;
  /**
   * Its own base; `null` takes away what the others have.
   *
   * - Default: as the others
   * - Change: that of the values
   */
  readonly host?: HostSettings;
}

/** Changes of what is made for a node. */
export interface HostTransforms {
  /**
   * Of repositories.
   *
   * - Default: as they are
   * - Change: that of the AptRepository
   */
  readonly repository?: Transform<AptRepositoryArgs>;
  /**
   * Of upgrades.
   *
   * - Default: as they are
   * - Change: that of the AptUpgrade
   */
  readonly upgrade?: Transform<AptUpgradeArgs>;
  /**
   * Of sets of packages.
   *
   * - Default: as they are
   * - Change: that of the SystemPackage
   */
  readonly packages?: Transform<SystemPackageArgs>;
  /**
   * Of Linux accounts.
   *
   * - Default: as they are
   * - Change: that of the SystemUser
   */
  readonly account?: Transform<SystemUserArgs>;
  /**
   * Of blocks of /etc/hosts.
   *
   * - Default: as they are
   * - Change: that of the HostsEntries
   */
  readonly hosts?: Transform<HostsEntriesArgs>;
  /**
   * Of name servers.
   *
   * - Default: as they are
   * - Change: that of the Dns
   */
  readonly dns?: Transform<DnsArgs>;
  /**
   * Of time zones.
   *
   * - Default: as they are
   * - Change: that of the TimeZone
   */
  readonly timeZone?: Transform<TimeZoneArgs>;
  /**
   * Of options of nodes.
   *
   * - Default: as they are
   * - Change: that of the NodeOptions
   */
  readonly nodeOptions?: Transform<NodeOptionsArgs>;
  /**
   * Of kernel parameters.
   *
   * - Default: as they are
   * - Change: that of the Sysctl
   */
  readonly sysctl?: Transform<SysctlArgs>;
  /**
   * Of the rotation of logs.
   *
   * - Default: as it is
   * - Change: that of the LogRotation
   */
  readonly logRotation?: Transform<LogRotationArgs>;
}

/** Inputs of {@link HostBase}. */
export interface HostBaseArgs {
  /**
   * The nodes by their names, each with what is different there.
   *
   * - Change: makes or deletes exactly what is of the nodes that come or go
   */
  readonly nodes: Readonly<Record<string, HostNode>>;
  /**
   * The base of all nodes.
   *
   * - Default: nothing but what the nodes say
   * - Change: that of each resource
   */
  readonly host?: HostSettings;
  /**
   * What several stacks have in common; `host` and the nodes win over it. Safety switches are refused here.
   *
   * - Default: not set
   * - Change: that of each resource
   */
  readonly shared?: HostSettings;
  /**
   * Changes what is made, before it is made.
   *
   * - Default: none
   * - Change: that of the child
   */
  readonly transform?: HostTransforms;
  /**
   * Makes what comes after the packages of the nodes and before their names, such as their networks. Given the packages
   * of each node, it returns what each node's names wait for.
   *
   * - Default: nothing comes between
   * - Change: none
   */
  readonly between?: (packages: ByNode) => ByNode;
}

/** Resources by node. */
export type ByNode = Readonly<Record<string, readonly pulumi.Resource[]>>;

/** What is made of one node. */
export interface HostChildren {
  /** Repositories by handle. */
  readonly repositories: Readonly<Record<string, AptRepository>>;
  /** Sets of packages by name. */
  readonly packages: Readonly<Record<string, SystemPackage>>;
  /** Linux accounts by name. */
  readonly accounts: Readonly<Record<string, SystemUser>>;
  /** Kernel parameters by file. */
  readonly sysctl: Readonly<Record<string, Sysctl>>;
  /** How logs are rotated, by file. */
  readonly logRotation: Readonly<Record<string, LogRotation>>;
  /** The upgrade, if one was described. */
  readonly upgrade?: AptUpgrade;
  /** The block of /etc/hosts, if lines were described. */
  readonly hosts?: HostsEntries;
  /** Name servers, if described. */
  readonly dns?: Dns;
  /** The time zone, if described. */
  readonly timeZone?: TimeZone;
  /** Options of the node, if described. */
  readonly options?: NodeOptions;
}

/**
 * The base of nodes, members of a cluster or not: repositories, packages and upgrades, then Linux accounts, names, time zone,
 * kernel parameters and the rotation of logs. What is said for one node wins over what is said for all, and that over what several stacks share.
 *
 * ```ts
 * const base = new HostBase("matrix", {
 *   nodes: { foxtrot: { variables: { hostOctet: 5 } }, golf: { variables: { hostOctet: 6 } } },
 *   host: {
 *     // Ceph's enterprise repository goes off with Proxmox's.
 *     repositories: { enterprise: false, "no-subscription": true },
 *     hosts: [{ address: "192.168.3.{{hostOctet}}", names: ["{{name}}.matrix.spaceships.work", "{{name}}"] }],
 *     timeZone: "Europe/Berlin",
 *   },
 * });
 * export const zone = base.nodes["golf"]?.timeZone?.timeZone;
 * ```
 */
export class HostBase extends Component {
  /** What was made, by node. */
  readonly nodes: Readonly<Record<string, HostChildren>>;

  constructor(name: string, args: HostBaseArgs, opts?: pulumi.ComponentResourceOptions) {
    const planned = plan(name, args);
    super("proxmox:index:HostBase", name, {}, opts);
    const { transform = {}, between } = args;
    const parent = { parent: this, dependsOn: dependencies(opts) };
    const first = mapped(planned, ({ repositories, packages, upgrade }) => {
      const made = mapped(repositories, (one) => make(AptRepository, one, parent, transform.repository));
      const after = { ...parent, dependsOn: [...parent.dependsOn, ...Object.values(made)] };
      const upgraded = upgrade && make(AptUpgrade, upgrade, after, transform.upgrade);
      const ready = { ...after, dependsOn: [...after.dependsOn, ...(upgraded ? [upgraded] : [])] };
      return {
        repositories: made,
        ...(upgraded ? { upgrade: upgraded } : {}),
        packages: mapped(packages, (one) => make(SystemPackage, one, ready, transform.packages)),
      };
    });
    const waitFor =
      between?.(
        mapped(first, ({ repositories, packages, upgrade }) => [
          ...Object.values(repositories),
          ...Object.values(packages),
          ...(upgrade ? [upgrade] : []),
        ]),
      ) ?? {};
    this.nodes = mapped(planned, ({ accounts, hosts, dns, timeZone, options, sysctl, logRotation }, node) => {
      const after = { ...parent, dependsOn: [...parent.dependsOn, ...(waitFor[node] ?? [])] };
      const own = first[node] ?? { repositories: {}, packages: {} };
      // Rules for sudo need its package.
      const equipped = { ...after, dependsOn: [...after.dependsOn, ...Object.values(own.packages)] };
      return {
        ...own,
        accounts: mapped(accounts, (one) => make(SystemUser, one, equipped, transform.account)),
        ...(hosts ? { hosts: make(HostsEntries, hosts, after, transform.hosts) } : {}),
        ...(dns ? { dns: make(Dns, dns, after, transform.dns) } : {}),
        ...(timeZone ? { timeZone: make(TimeZone, timeZone, after, transform.timeZone) } : {}),
        ...(options ? { options: make(NodeOptions, options, after, transform.nodeOptions) } : {}),
        sysctl: mapped(sysctl, (one) => make(Sysctl, one, after, transform.sysctl)),
        // Accounts and folders of logs come with their packages.
        logRotation: mapped(logRotation, (one) => make(LogRotation, one, equipped, transform.logRotation)),
      };
    });
    this.registerOutputs({});
  }
}

const make = <Args extends object, Made>(
  kind: new (name: string, args: Args, opts: pulumi.CustomResourceOptions) => Made,
  { name, args }: PlannedChild,
  opts: pulumi.CustomResourceOptions,
  transform: Transform<Args> | undefined,
): Made => child(kind, name, args, opts, transform);

const mapped = <From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Record<string, To> => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));

function plan(name: string, { nodes, shared, host }: HostBaseArgs) {
  // Loaded here: programs without components have no use for it.
  const { planHosts } = require("./host-base.plan") as typeof import("./host-base.plan");
  const { refusal } = require("./node-layers.plan") as typeof import("./node-layers.plan");
  const problems: string[] = [];
  const planned = planHosts(
    name,
    { nodes: nodes as Parameters<typeof planHosts>[1]["nodes"], shared, stack: host },
    problems,
  );
  const refused = refusal("HostBase", name, problems);
  if (refused !== undefined) throw mistake(refused);
  return planned;
}
