import { isAddress, isPlainUser } from "../pve/format/address";

/** What a fleet tells of one VM. */
export interface FleetVm {
  /** VMID. */
  readonly vmid: number;
  /** Node that the VM is on. */
  readonly node: string;
  /** Addresses that the guest agent told. */
  readonly ips: readonly string[];
  /** Command that logs in, when an address is known. */
  readonly sshCommand?: string;
  /**
   * The old name of `sshCommand`.
   * @deprecated Read `sshCommand`.
   */
  readonly ssh?: string;
}

export interface InventoryHost {
  readonly name: string;
  readonly address: string | undefined;
  readonly user: string | undefined;
  readonly groups: readonly string[];
}

export { isAddress, sshCommand } from "../pve/format/address";

/** The address that cloud-init gives the first network device, if it is a fixed one. */
export function staticAddress(
  cloudInit: { readonly addresses?: readonly { readonly address?: string; readonly address6?: string }[] } | undefined,
): string | undefined {
  const [first] = cloudInit?.addresses ?? [];
  return [first?.address, first?.address6].find((text) => text?.includes("/"))?.split("/")[0];
}

/** Ansible takes no other characters in the name of a group. */
const groupName = (tag: string): string =>
  tag
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, "_")
    .replace(/^(?=\d)/, "_");

/** An inventory as Ansible's `yaml` plugin reads it, in JSON, with sorted names so that equal fleets give equal text. */
export function inventoryText(hosts: readonly InventoryHost[]): string {
  const sorted = [...hosts].sort((a, b) => (a.name < b.name ? -1 : 1));
  const groups = [...new Set(sorted.flatMap((host) => host.groups.map(groupName)))].sort();
  // Ansible reads templates in variables: what is no plain address or name stays out.
  const variables = ({ address, user }: InventoryHost) => ({
    ...(isAddress(address) ? { ansible_host: address } : {}),
    ...(isPlainUser(user) ? { ansible_user: user } : {}),
  });
  const inventory = {
    all: {
      hosts: Object.fromEntries(sorted.map((host) => [host.name, variables(host)])),
      children: Object.fromEntries(groups.map((group) => [group, { hosts: Object.fromEntries(members(group)) }])),
    },
  };
  return `${JSON.stringify(inventory, undefined, 2)}\n`;

  function members(group: string): [string, object][] {
    return sorted.filter((host) => host.groups.some((tag) => groupName(tag) === group)).map(({ name }) => [name, {}]);
  }
}
