import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "../providers/kernel/program/sdk";
import { Component } from "../providers/kernel/program/component";
import { mistake } from "../providers/kernel/program/mistake";
import { Vm, type VmArgs } from "../providers/vm/vm";
import { child, dependencies, type Transform } from "./child";
import {
  inventoryText,
  isAddress,
  sshCommand,
  staticAddress,
  type FleetVm,
  type InventoryHost,
} from "./fleet-inventory.plan";

/** Fields of a VM by column name or path, or nested as in {@link VmArgs}; plain values only. `null` takes a value away. */
export type FleetRow = Readonly<Record<string, unknown>>;

/** Inputs of {@link Fleet}. */
export interface FleetArgs {
  /**
   * What all VMs have in common. Rows are merged over it: objects field by field, disks, networks and addresses
   * place by place, lists of plain values as a whole.
   *
   * - Change: that of each VM, field by field
   */
  readonly vm: Partial<Omit<VmArgs, "name" | "vmid">>;
  /**
   * How many VMs, named by a pattern.
   *
   * - Default: as many as the list of `names` has, or the table has lines
   * - Change: makes or deletes exactly the VMs whose names come or go
   */
  readonly count?: number;
  /**
   * Pattern of the names, `web-{n:02}` with `count`, or the names themselves. A name is the VM's identity.
   *
   * - Default: not set; a pattern is needed with `count`
   * - Change: makes or deletes exactly the VMs whose names come or go
   */
  readonly names?: string | readonly string[];
  /**
   * A table instead: CSV text whose first line names the columns, or rows as objects. Columns are the fields of a
   * Vm, the deeper ones by short names (template, address, gateway, user, bridge, vlan, diskGiB, disk2GiB, ...) or
   * by path (`disks[1].cache`). An empty cell leaves what `vm` says.
   *
   * - Default: not set
   * - Change: that of each VM, field by field
   */
  readonly table?: string | readonly FleetRow[];
  /**
   * File with the table, `.csv` or `.json`, relative to the project's folder.
   *
   * - Default: not set
   * - Change: that of each VM, field by field
   */
  readonly tableFile?: string;
  /**
   * What single VMs of a pattern or list have differently, by name.
   *
   * - Default: not set
   * - Change: that of each VM, field by field
   */
  readonly overrides?: Readonly<Record<string, FleetRow>>;
  /**
   * IPv4 of the first network device: a pattern (`10.0.0.{n+20}/24`), or the first VM's address to count on from.
   *
   * - Default: what `vm` and the rows say
   * - Change: that of the VM's `cloudInit.addresses`: read at its next boot
   */
  readonly address?: string;
  /**
   * IPv4 gateway of the first network device.
   *
   * - Default: what `vm` and the rows say
   * - Change: that of the VM's `cloudInit.addresses`: read at its next boot
   */
  readonly gateway?: string;
  /**
   * As `address`, for IPv6.
   *
   * - Default: what `vm` and the rows say
   * - Change: that of the VM's `cloudInit.addresses`: read at its next boot
   */
  readonly address6?: string;
  /**
   * As `gateway`, for IPv6.
   *
   * - Default: what `vm` and the rows say
   * - Change: that of the VM's `cloudInit.addresses`: read at its next boot
   */
  readonly gateway6?: string;
  /**
   * Nodes to spread over; VMs that name a node of their own stay there.
   *
   * - Default: each VM is made where its source is
   * - Change: migrate: VMs that the new spread puts on another node
   */
  readonly nodes?: readonly string[];
  /**
   * `round-robin`, `most-free-memory` when a VM is made, or `fixed`: each row names its node.
   *
   * - Default: `round-robin`, with `nodes`
   * - Change: migrate: VMs that the new spread puts on another node
   */
  readonly spread?: "round-robin" | "most-free-memory" | "fixed";
  /**
   * The template to clone on each node, where templates are local: {@link NodeTemplates}' vmids by node.
   *
   * - Default: not set
   * - Change: none, existing VMs stay as they are
   */
  readonly templates?: Readonly<Record<string, pulumi.Input<number | string>>>;
  /**
   * Changes VMs before they are made: `{ vm: (args, opts) => void (opts.protect = true) }`. What the Fleet tells of a VM
   * (`vms`, `inventory`) is what its row says.
   *
   * - Default: none
   * - Change: that of the Vm
   */
  readonly transform?: {
    /**
     * Each VM, by its row.
     *
     * - Default: as it is
     * - Change: that of the Vm
     */
    readonly vm?: Transform<VmArgs>;
  };
}

/**
 * Many VMs from one description, or from a table with a line for each. The table is checked as a whole before anything
 * is made: every mistake is told at once, with its line, its column and what to write instead. A VM is known by its
 * name, so a line that comes or goes makes or deletes exactly that VM.
 *
 * ```ts
 * const web = new Fleet("web", {
 *   count: 3,
 *   names: "web-{n:02}",
 *   address: "10.0.0.21/24",
 *   gateway: "10.0.0.1",
 *   nodes: ["pve1", "pve2"],
 *   vm: { source: { clone: { template: "debian-12" } }, cores: 2, memoryMiB: 2048, networks: [{ bridge: "vmbr0" }] },
 *   overrides: { "web-03": { cores: 4 } },
 * });
 * export const inventory = web.inventory;
 *
 * new Fleet("machines", {
 *   tableFile: "machines.csv",
 *   vm: { source: { clone: { template: "debian-12" } }, disks: [{ storage: "local-lvm" }], networks: [{ bridge: "vmbr0" }] },
 * });
 * ```
 * with machines.csv:
 * ```csv
 * name,node,cores,memoryMiB,address,gateway,diskGiB,tags
 * db-1,pve1,4,8192,10.0.0.31/24,10.0.0.1,40,db;production
 * ```
 */
export class Fleet extends Component {
  /** The VMs by name. */
  readonly machines: Readonly<Record<string, Vm>>;
  /** What is known of each VM, by name. */
  readonly vms: pulumi.Output<Record<string, FleetVm>>;
  /** An Ansible inventory (YAML as JSON): all VMs with address and user, and a group for each tag. */
  readonly inventory: pulumi.Output<string>;

  constructor(name: string, args: FleetArgs, opts?: pulumi.ComponentResourceOptions) {
    const planned = plan(name, args);
    super("proxmox:index:Fleet", name, {}, opts);
    const machines: Record<string, Vm> = {};
    const hosts: pulumi.Output<[FleetVm, InventoryHost]>[] = [];
    for (const { name: own, args: vm } of planned) {
      const machine = child(Vm, own, vm, { parent: this, dependsOn: dependencies(opts) }, args.transform?.vm);
      machines[own] = machine;
      hosts.push(describe(own, machine, vm));
    }
    this.machines = machines;
    const all = pulumi.all(hosts) as pulumi.Output<[FleetVm, InventoryHost][]>;
    this.vms = all.apply((list) => Object.fromEntries(list.map(([vm], i) => [planned[i]?.name ?? "", vm])));
    this.inventory = all.apply((list) => inventoryText(list.map(([, host]) => host)));
    this.registerOutputs({ vms: this.vms, inventory: this.inventory });
  }
}

/** The arguments of every VM; anything wrong with any of them is an error that tells all of it. */
function plan(fleet: string, args: FleetArgs): { name: string; args: VmArgs }[] {
  // Loaded here: the schema's library is of no use to programs without a fleet.
  const { planFleet } = require("./fleet.plan") as typeof import("./fleet.plan");
  const { merge } = require("./fleet-merge.plan") as typeof import("./fleet-merge.plan");
  const { table, tableFile, templates, vm, transform: _, ...rest } = args;
  const perNode = templates === undefined ? undefined : Object.keys(templates);
  const shared = templates === undefined ? vm : merge({ source: { clone: { template: unknown } } }, vm, isPlain, lift);
  const { machines, problems } = planFleet({
    ...rest,
    vm: visible(shared) as Record<string, unknown>,
    table: tableFile === undefined ? inline(table) : fromFile(tableFile),
    templates: perNode,
  });
  const found = [
    ...(table !== undefined && tableFile !== undefined ? ["table and tableFile exclude each other"] : []),
    ...problems,
  ];
  for (const { name, node } of found.length > 0 ? [] : machines)
    if (perNode !== undefined && (node === undefined || !perNode.includes(node)))
      found.push(`${name}: templates has none for ${node ?? "a VM without a node"}; it has ${perNode.join(", ")}`);
  if (found.length > 0)
    throw mistake(
      `Fleet "${fleet}" has ${found.length === 1 ? "a problem" : `${found.length} problems`}; none of its VMs was touched:\n` +
        found.map((problem) => `  ${problem}`).join("\n"),
    );
  return machines.map(({ name, over, node }) => {
    const template = node === undefined ? undefined : templates?.[node];
    const base = template === undefined ? vm : merge({ source: { clone: { template } } }, vm, isPlain, lift);
    return { name, args: merge(base, over, isPlain, lift) as VmArgs };
  });
}

const inline = (table: string | readonly FleetRow[] | undefined) =>
  table === undefined ? undefined : typeof table === "string" ? { csv: table } : { rows: table };

function fromFile(file: string): { csv: string; file: string } | { json: string; file: string } {
  let text: string;
  try {
    text = readFileSync(path.resolve(file), "utf8");
  } catch (error) {
    throw mistake(`tableFile: ${file} cannot be read: ${(error as Error).message}`);
  }
  return /\.json$/i.test(file) ? { json: text, file } : { csv: text, file };
}

/** What stands in the plan for values that only the engine knows. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const isPlain = (value: unknown): boolean => !pulumi.Output.isInstance(value) && !(value instanceof Promise);
const lift = (value: unknown, change: (value: unknown) => unknown): unknown =>
  (pulumi.output(value) as pulumi.Output<unknown>).apply(change);

function visible(value: unknown): unknown {
  if (!isPlain(value)) return unknown;
  if (Array.isArray(value)) return value.map(visible);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, visible(inner)]),
  );
}

function describe(name: string, machine: Vm, args: VmArgs): pulumi.Output<[FleetVm, InventoryHost]> {
  const { vmid, node, ips } = machine;
  // Only what is told: a password beside it would make all of it a secret.
  const { cloudInit: given } = args;
  const login = given !== undefined && isPlain(given) ? pick(given, ["user", "addresses"]) : given;
  return pulumi.output({ vmid, node, ips, tags: args.tags, cloudInit: login }).apply((known) => {
    const {
      vmid: id,
      node: on,
      ips: reported,
      tags,
      cloudInit,
    } = known as {
      vmid: number;
      node: string;
      ips?: string[];
      tags?: string[];
      cloudInit?: Parameters<typeof staticAddress>[0] & { user?: string };
    };
    // A state that an earlier release has written may hold anything that a guest has said.
    const addresses = (reported ?? []).filter(isAddress);
    const address = staticAddress(cloudInit) ?? addresses[0];
    const ssh = sshCommand(address, cloudInit?.user);
    return [
      { vmid: id, node: on, ips: addresses, ...(ssh === undefined ? {} : { sshCommand: ssh, ssh }) },
      { name, address, user: cloudInit?.user, groups: tags ?? [] },
    ] as [FleetVm, InventoryHost];
  });
}

const pick = (object: object, keys: readonly string[]): object =>
  Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
