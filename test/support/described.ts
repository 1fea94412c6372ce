import path from "node:path";
import { projectRoot } from "../../cli/project";
import type { Simulator } from "../../simulator";
import { image, stackConfig, stackCredentials } from "./lab";
import { TestStack } from "./stack";

/**
 * One resource of the test program; in its arguments "@name.output" is another's output (of a component "@name.bridges.web"), and "$NAME" an environment
 * variable: the way for secrets, which must not stand in the config.
 */
export interface Described {
  readonly kind:
    | "Acl"
    | "ApiToken"
    | "AptRepository"
    | "AptUpgrade"
    | "BackupJob"
    | "Bond"
    | "Bridge"
    | "CephConfig"
    | "CephFlag"
    | "CephInstall"
    | "CephManager"
    | "CephMonitor"
    | "CephOsd"
    | "CephCrushRule"
    | "CephErasureProfile"
    | "CephManagerModule"
    | "CephClient"
    | "CephOptions"
    | "CephMds"
    | "CephFs"
    | "CephPool"
    | "CloudImage"
    | "Cluster"
    | "ClusterFirewall"
    | "ClusterQdevice"
    | "DatacenterOptions"
    | "DhcpNat"
    | "Dns"
    | "EnvironmentFile"
    | "FirewallAlias"
    | "FirewallGroup"
    | "FirewallIpSet"
    | "FirewallOptions"
    | "FirewallRules"
    | "Fleet"
    | "GoldenImage"
    | "Group"
    | "GuestConfig"
    | "HaResource"
    | "HaRule"
    | "HostsEntries"
    | "InfisicalSecret"
    | "NetworkPort"
    | "LogRotation"
    | "NodeOptions"
    | "NodeTemplates"
    | "Nodes"
    | "Pool"
    | "Provider"
    | "Realm"
    | "Role"
    | "SdnController"
    | "SdnDns"
    | "SdnIpam"
    | "SdnSubnet"
    | "SdnVnet"
    | "SdnZone"
    | "Snippet"
    | "SshKey"
    | "Storage"
    | "Sysctl"
    | "SystemPackage"
    | "SystemUser"
    | "Template"
    | "TerraformUser"
    | "TimeZone"
    | "User"
    | "Vlan"
    | "Vm";
  readonly name: string;
  readonly args: Record<string, unknown>;
  readonly options?: Record<string, unknown>;
  /** The resource is looked up: arguments of `Kind.get` after the name. */
  readonly get?: readonly unknown[];
}

/** Secrets of the config: Pulumi would write them into the state in clear, and the search for them finds that. */
const byEnvironment: Readonly<Record<string, string>> = {
  "proxmox:password": "PROXMOX_PASSWORD",
  "proxmox:tokenSecret": "PROXMOX_TOKEN_SECRET",
  "proxmox:sshPassword": "PROXMOX_SSH_PASSWORD",
  "proxmox:sshPrivateKey": "PROXMOX_SSH_PRIVATE_KEY",
};

/** A config without its secrets, and these by the variables that hand them over. */
function apart(config: Readonly<Record<string, unknown>>): {
  all: Record<string, unknown>;
  secrets: Record<string, string>;
} {
  const all = { ...config };
  const secrets: Record<string, string> = {};
  for (const [key, variable] of Object.entries(byEnvironment)) {
    const value = all[key];
    if (typeof value !== "string" || value === "" || value.startsWith("secret:")) continue;
    secrets[variable] = value;
    delete all[key];
  }
  return { all, secrets };
}

/** A stack of the real CLI whose program makes what a list describes. */
export class DescribedStack {
  private constructor(
    readonly stack: TestStack,
    private config: Record<string, unknown>,
    private readonly secrets: Readonly<Record<string, string>>,
  ) {}

  static async create(
    sim: Simulator,
    resources: readonly Described[],
    config: Record<string, unknown> = {},
    env: Record<string, string> = {},
  ): Promise<DescribedStack> {
    const { all, secrets } = apart({ ...stackConfig(sim), "proxmox:vmids": "2000-2999", ...config });
    const project = path.join(projectRoot, "test", "fixtures", "described");
    const stack = await TestStack.create({
      project,
      config: { ...all, "described:resources": resources },
      env: { ...stackCredentials(sim), ...secrets, ...env },
    });
    return new DescribedStack(stack, all, secrets);
  }

  /**
   * Changes what the program describes, and the config if given; secrets stay those of the environment. What is given `inClear` goes into the config as it
   * is, also secrets: for tests of what is said of them there, never with a secret that is valid.
   */
  describe(
    resources: readonly Described[],
    config: Record<string, unknown> = {},
    inClear: Record<string, unknown> = {},
  ): void {
    const { all, secrets } = apart(config);
    for (const [variable, value] of Object.entries(secrets))
      if (this.secrets[variable] !== value) throw new Error(`${variable} is another one than the stack was made with`);
    this.config = { ...this.config, ...all, ...inClear };
    this.stack.configure({ ...this.config, "described:resources": resources });
  }
}

export const debianImage: Described = {
  kind: "CloudImage",
  name: "debian",
  args: { url: image.url, checksum: image.checksum, node: "pve1", storage: "local" },
};

export const debianTemplate: Described = {
  kind: "Template",
  name: "debian-12",
  args: {
    node: "pve1",
    imageVolumeId: "@debian.volumeId",
    disk: { storage: "local-lvm", sizeGiB: 4 },
    agent: true,
    networks: [{ bridge: "vmbr0" }],
    cloudInit: { user: "admin" },
  },
};

export const vm = (name: string, args: Record<string, unknown> = {}): Described => ({
  kind: "Vm",
  name,
  args: {
    source: { clone: { template: "@debian-12.vmid", full: false } },
    cores: 2,
    memoryMiB: 1024,
    networks: [{ bridge: "vmbr0" }],
    cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
    tags: ["test"],
    ...args,
  },
});
