import * as pulumi from "../providers/kernel/program/sdk";
import { Component } from "../providers/kernel/program/component";
import type {
  CephConfigArgs,
  CephCrushRuleArgs,
  CephInstallArgs,
  CephManagerArgs,
  CephManagerModuleArgs,
  CephMonitorArgs,
  CephOsdArgs,
  CephPoolArgs,
} from "../providers/ceph/arguments.generated";
import { CephConfig } from "../providers/ceph/ceph-config";
import { CephCrushRule } from "../providers/ceph/ceph-crush-rule";
import { CephInstall } from "../providers/ceph/ceph-install";
import { CephManager } from "../providers/ceph/ceph-manager";
import { CephManagerModule } from "../providers/ceph/ceph-manager-module";
import { CephMonitor } from "../providers/ceph/ceph-monitor";
import { CephOsd } from "../providers/ceph/ceph-osd";
import { CephPool } from "../providers/ceph/ceph-pool";
import type { SystemPackageArgs } from "../providers/host/arguments.generated";
import { SystemPackage } from "../providers/host/system-package";
import { mistake } from "../providers/kernel/program/mistake";
import { child, dependencies, type Transform } from "./child";
import type { NodeVariables } from "./node-variables.plan";

/** Ceph of a cluster. */
export interface CephSettings {
  /**
   * Release of the packages; those that are there are never upgraded.
   *
   * - Default: the nodes' own
   * - Change: that of the CephInstall: refused where packages are there
   */
  readonly release?: CephInstallArgs["release"];
  /**
   * Where the packages come from.
   *
   * - Default: that of the CephInstall
   * - Change: none where packages are there
   */
  readonly repository?: CephInstallArgs["repository"];
  /**
   * Network of monitors and OSDs, such as `192.168.5.0/24`.
   *
   * - Change: refused
   */
  readonly publicNetwork?: CephConfigArgs["publicNetwork"];
  /**
   * Network in which OSDs copy among each other.
   *
   * - Default: `publicNetwork`
   * - Change: refused
   */
  readonly clusterNetwork?: CephConfigArgs["clusterNetwork"];
  /**
   * Copies of each object, where a pool does not say.
   *
   * - Default: `3`
   * - Change: refused where Ceph is initialised
   */
  readonly size?: CephConfigArgs["size"];
  /**
   * Copies that must be there, where a pool does not say.
   *
   * - Default: `2`
   * - Change: refused where Ceph is initialised
   */
  readonly minSize?: CephConfigArgs["minSize"];
  /**
   * Nodes with a monitor.
   *
   * - Default: all
   * - Change: makes or removes exactly the monitors of the nodes that come or go
   */
  readonly monitors?: readonly string[];
  /**
   * Nodes with a manager.
   *
   * - Default: all
   * - Change: makes or removes exactly the managers of the nodes that come or go
   */
  readonly managers?: readonly string[];
  /**
   * Modules of the managers that are enabled: `["dashboard", "prometheus"]`. With `dashboard` the package that it comes with is
   * installed on each node with a manager, before the manager is made; where one runs already, the package starts it anew. Certificate and
   * users of the dashboard are not made.
   *
   * - Default: as they are
   * - Change: enables or disables exactly the modules that come or go; the package stays
   */
  readonly modules?: readonly string[];
  /**
   * What the OSDs of all disks have in common, such as `osdsPerDevice` and `deviceClass`.
   *
   * - Default: nothing
   * - Change: that of each CephOsd
   */
  readonly osd?: Partial<Omit<CephOsdArgs, "node" | "serial" | "byId" | "device">>;
  /**
   * CRUSH rules by their names, made after the OSDs, whose classes they name.
   *
   * - Default: none but Ceph's own
   * - Change: that of each CephCrushRule
   */
  readonly rules?: Readonly<Record<string, Partial<Omit<CephCrushRuleArgs, "name">>>>;
  /**
   * Pools by their names; with `addStorages: true` each has a storage of its name. One whose `crushRule` is the name of one
   * of `rules` is made after it.
   *
   * - Default: none
   * - Change: that of each CephPool
   */
  readonly pools?: Readonly<Record<string, Partial<Omit<CephPoolArgs, "name">>>>;
  /**
   * Monitors, managers and OSDs stay as they are when their resources go: by `destroy`, because they are no longer described,
   * or because their disk gives way to another one, whose OSDs then come beside them. Pools and rules go as without it. It counts
   * from the next `up` on. Without it `destroy` removes OSDs as long as each host keeps one, is refused there, and ends with what the rest
   * stands on still in the state.
   *
   * - Default: `false`
   * - Change: live
   */
  readonly retainOnDelete?: boolean;
}

/** A node with its disks. */
export interface CephNode {
  /**
   * What `{{…}}` stands for on it. `{{name}}` is its name.
   *
   * - Default: none but `name`
   * - Change: that of the values that hold them
   */
  readonly variables?: NodeVariables;
  /**
   * Its disks for OSDs, by names of your own, such as that of the slot: another `serial` in the same place is the disk that
   * takes the place of the old one.
   *
   * - Default: none
   * - Change: that of each CephOsd; one that is taken out is drained and removed
   */
  readonly ceph?: {
    /**
     * What makes OSDs of each disk, by the disk's name.
     *
     * - Default: none
     * - Change: that of each CephOsd; one that is taken out is drained and removed
     */
    readonly osds?: Readonly<Record<string, Omit<CephOsdArgs, "node">>>;
  };
}

/** Changes of the parts of Ceph. */
export interface CephTransforms {
  /**
   * Of packages.
   *
   * - Default: as they are
   * - Change: that of the CephInstall
   */
  readonly install?: Transform<CephInstallArgs>;
  /**
   * Of the configuration.
   *
   * - Default: as it is
   * - Change: that of the CephConfig
   */
  readonly config?: Transform<CephConfigArgs>;
  /**
   * Of monitors.
   *
   * - Default: as they are
   * - Change: that of the CephMonitor
   */
  readonly monitor?: Transform<CephMonitorArgs>;
  /**
   * Of managers.
   *
   * - Default: as they are
   * - Change: that of the CephManager
   */
  readonly manager?: Transform<CephManagerArgs>;
  /**
   * Of modules of the managers.
   *
   * - Default: as they are
   * - Change: that of the CephManagerModule
   */
  readonly module?: Transform<CephManagerModuleArgs>;
  /**
   * Of packages that modules come with.
   *
   * - Default: as they are
   * - Change: that of the SystemPackage
   */
  readonly modulePackage?: Transform<SystemPackageArgs>;
  /**
   * Of OSDs.
   *
   * - Default: as they are
   * - Change: that of the CephOsd
   */
  readonly osd?: Transform<CephOsdArgs>;
  /**
   * Of CRUSH rules.
   *
   * - Default: as they are
   * - Change: that of the CephCrushRule
   */
  readonly rule?: Transform<CephCrushRuleArgs>;
  /**
   * Of pools of Ceph.
   *
   * - Default: as they are
   * - Change: that of the CephPool
   */
  readonly cephPool?: Transform<CephPoolArgs>;
}

/** Inputs of {@link CephStorage}. */
export interface CephStorageArgs {
  /**
   * The nodes by their names, each with its disks. The first one initialises Ceph.
   *
   * - Change: makes or removes exactly what is of the nodes that come or go
   */
  readonly nodes: Readonly<Record<string, CephNode>>;
  /**
   * Ceph itself.
   *
   * - Default: nothing but `shared`
   * - Change: that of each resource
   */
  readonly ceph?: CephSettings;
  /**
   * What several stacks have in common; `ceph` wins over it. Safety switches are refused here.
   *
   * - Default: not set
   * - Change: that of each resource
   */
  readonly shared?: CephSettings;
  /**
   * Changes parts before they are made.
   *
   * - Default: none
   * - Change: that of the part
   */
  readonly transform?: CephTransforms;
}

/** What is made of one node. */
export interface CephChildren {
  /** Its packages. */
  readonly install: CephInstall;
  /** Its monitor, if it has one. */
  readonly monitor?: CephMonitor;
  /** Its manager, if it has one. */
  readonly manager?: CephManager;
  /** Packages of modules of its manager, if there are any. */
  readonly modulePackage?: SystemPackage;
  /** The OSDs of each disk. */
  readonly osds: Readonly<Record<string, CephOsd>>;
}

/**
 * Ceph on the nodes of a cluster: packages, configuration, monitors one after the other, managers, the OSDs of the
 * disks that are named, and then rules and pools. A disk in use is never touched, but where its `wipe` repeats its serial
 * number. What is there already as described is taken over.
 *
 * ```ts
 * const ceph = new CephStorage("matrix", {
 *   nodes: {
 *     foxtrot: { ceph: { osds: { nvme1n1: { serial: "S7KGNJ0W100001" } } } },
 *     golf: { ceph: { osds: { nvme1n1: { serial: "S7KGNJ0W100002" } } } },
 *     hotel: { ceph: { osds: { nvme1n1: { serial: "S7KGNJ0W100003" } } } },
 *   },
 *   ceph: {
 *     release: "squid",
 *     repository: "no-subscription",
 *     publicNetwork: "192.168.5.0/24",
 *     clusterNetwork: "192.168.7.0/24",
 *     modules: ["prometheus"],
 *     osd: { osdsPerDevice: 2, deviceClass: "nvme" },
 *     pools: { vm_ssd: { size: 3, minSize: 2, pgNum: 128, addStorages: true } },
 *   },
 * });
 * export const osds = ceph.nodes["golf"]?.osds["nvme1n1"]?.osdIds;
 * ```
 */
export class CephStorage extends Component {
  /** Its configuration. */
  readonly config: CephConfig;
  /** What was made, by node. */
  readonly nodes: Readonly<Record<string, CephChildren>>;
  /** Modules of its managers, by name. */
  readonly modules: Readonly<Record<string, CephManagerModule>>;
  /** Its CRUSH rules, by name. */
  readonly rules: Readonly<Record<string, CephCrushRule>>;
  /** Its pools, by name. */
  readonly pools: Readonly<Record<string, CephPool>>;

  constructor(name: string, args: CephStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    const planned = plan(name, args);
    super("proxmox:index:CephStorage", name, {}, opts);
    const { transform = {} } = args;
    const after = (...others: readonly pulumi.Resource[]) => ({
      parent: this,
      dependsOn: [...dependencies(opts), ...others],
    });
    const running = (...others: readonly pulumi.Resource[]) => ({
      ...after(...others),
      ...(planned.stays ? { retainOnDelete: true } : {}),
    });
    const each = <Made>(names: readonly string[], make: (name: string) => Made): Record<string, Made> =>
      Object.fromEntries(names.map((one) => [one, make(one)]));

    const installs = each(planned.nodes, (node) =>
      child(CephInstall, node, { ...planned.install, node }, after(), transform.install),
    );
    this.config = child(CephConfig, name, planned.config, after(...Object.values(installs)), transform.config);
    let previous: pulumi.Resource = this.config;
    const monitors = each(planned.monitors, (node) => {
      const made = child(CephMonitor, node, { node }, running(previous), transform.monitor);
      previous = made;
      return made;
    });
    // A manager that is there already is started anew by them: before it is made, they disturb nobody.
    const packages = each(Object.keys(planned.packages), (node) => {
      const args = { node, packages: planned.packages[node] };
      return child(
        SystemPackage,
        `${node}-ceph-modules`,
        args,
        after(...here(installs, node)),
        transform.modulePackage,
      );
    });
    const managers = each(planned.managers, (node) => {
      const before = running(...Object.values(monitors), ...here(packages, node));
      return child(CephManager, node, { node }, before, transform.manager);
    });
    // Every manager has to know a module before it can be enabled.
    this.modules = each(Object.keys(planned.modules), (name) => {
      const before = after(...Object.values(managers), ...Object.values(packages));
      return child(CephManagerModule, name, { ...planned.modules[name], name }, before, transform.module);
    });
    const ready = running(...Object.values(monitors), ...Object.values(managers));
    this.nodes = each(planned.nodes, (node) => ({
      install: installs[node] as CephInstall,
      ...(monitors[node] ? { monitor: monitors[node] } : {}),
      ...(managers[node] ? { manager: managers[node] } : {}),
      ...(packages[node] ? { modulePackage: packages[node] } : {}),
      osds: Object.fromEntries(
        (planned.disks[node] ?? []).map(({ disk, resource, args: osd }) => [
          disk,
          child(CephOsd, resource, osd, ready, transform.osd),
        ]),
      ),
    }));
    const osds = Object.values(this.nodes).flatMap((node) => Object.values(node.osds));
    const placed = osds.length > 0 ? osds : [...Object.values(monitors), ...Object.values(managers)];
    this.rules = each(Object.keys(planned.rules), (rule) =>
      child(CephCrushRule, rule, { ...planned.rules[rule], name: rule }, after(...placed), transform.rule),
    );
    this.pools = each(Object.keys(planned.pools), (pool) => {
      const described = planned.pools[pool] ?? {};
      const { crushRule } = described;
      const rule = typeof crushRule === "string" ? this.rules[crushRule] : undefined;
      const before = after(...placed, ...(rule ? [rule] : []));
      return child(CephPool, pool, { ...described, name: pool }, before, transform.cephPool);
    });
    this.registerOutputs({ fsid: this.config.fsid });
  }
}

/** What was made of a node, if anything. */
const here = <Made>(made: Readonly<Record<string, Made>>, node: string): Made[] =>
  made[node] === undefined ? [] : [made[node]];

function plan(name: string, { nodes, shared, ceph }: CephStorageArgs) {
  // Loaded here: programs without components have no use for it.
  const { planCeph } = require("./ceph-storage.plan") as typeof import("./ceph-storage.plan");
  const { refusal } = require("./node-layers.plan") as typeof import("./node-layers.plan");
  const problems: string[] = [];
  const planned = planCeph({ nodes: nodes as Parameters<typeof planCeph>[0]["nodes"], shared, stack: ceph }, problems);
  const refused = refusal("CephStorage", name, problems);
  if (refused !== undefined) throw mistake(refused);
  return planned;
}
