import type { ResourceState } from "./resource-state";

/**
 * What a resource's deletion does to the cluster, in words for a reviewer: the engine asks no provider at the preview of a
 * deletion, so that nothing else would say it.
 */
export interface Deletion {
  /**
   * `ends`: a cluster is none any more; `destroys`: data go with it; `removes`: something is not there any more; `refused`:
   * the `up` ends with an error, and nothing is touched; `leaves`: nothing changes.
   */
  readonly effect: "ends" | "destroys" | "removes" | "refused" | "leaves";
  readonly words: string;
}

/** What a deletion does may depend on what the state has of the resource: arguments, and what its provider has noted. */
type Known = Deletion | ((was: ResourceState) => Deletion);

const destroys = (words: string): Deletion => ({ effect: "destroys", words });
const removes = (words: string): Deletion => ({ effect: "removes", words });
const leaves = (words: string): Deletion => ({ effect: "leaves", words });
const refused = (words: string): Deletion => ({ effect: "refused", words });

/** What has been handed to Infisical goes too, where the program has asked for that. */
const withStored =
  (words: string, stored = "and what it has written to Infisical") =>
  (was: ResourceState): Deletion =>
    removes(was.has("reference") ? `${words}, ${stored}` : words);

/** What a node's network or firewall loses may cut it off; then a timer on the node puts back what was, unless the program wants none. */
const reloads =
  (words: string) =>
  (was: ResourceState): Deletion =>
    removes(
      was.isTrue("unguarded")
        ? `${words}; nothing puts the old one back where that cuts a node off (\`unguarded\`)`
        : words,
    );

/** A guest's own protection is in Proxmox, where somebody may have switched it off since. */
const guest =
  (words: string) =>
  (was: ResourceState): Deletion => {
    const unknown = was.isTrue("force")
      ? ", snapshots and what else is on it that the program does not know (`force`)"
      : "";
    const kept = was.isTrue("protection") ? "; refused as long as its `protection` is on, as it was last" : "";
    return destroys(`${words}${unknown}${kept}`);
  };

function ofPackages(was: ResourceState): Deletion {
  if (!was.isTrue("removeOnDelete")) return leaves("leaves the packages");
  const named = was.texts("packages")?.map((one) => one.split("=")[0] ?? "");
  const own = was.texts("__installed")?.filter((one) => named?.includes(one) ?? true);
  if (own?.length === 0) return leaves("leaves the packages: all of them were there before it");
  return removes(
    "removes the packages that it has installed (`removeOnDelete`); refused where others would go with them",
  );
}

function ofOsds(was: ResourceState): Deletion {
  const [named, all] = [was.textsWithin("removal", "acceptDataLoss"), was.eachOf("osds", "uuid")];
  const sorted = (uuids: readonly string[] = []): string => [...new Set(uuids)].sort().join();
  if (was.has("removal") && (!named || !all || sorted(named) === sorted(all)))
    return destroys("destroys the disk's OSDs at once, without draining them: what only they hold is lost (`removal`)");
  return destroys(
    "drains the disk's OSDs, then destroys them with what is on the disk; refused where the others could not hold the data",
  );
}

/** By the kind of resource; every kind of the library is here. */
export const deletions: Readonly<Record<string, Known>> = {
  Acl: removes("takes the role away from who had it there"),
  ApiToken: withStored("revokes the token"),
  AptRepository: (was) =>
    was.isFalse("enabled") ? leaves("leaves the repository disabled") : removes("disables the repository"),
  AptUpgrade: leaves("changes nothing on the node"),
  BackupJob: removes("deletes the job: nothing of what it has backed up goes, and no further backups are made by it"),
  Bond: reloads("takes the bond out of the node's network, which is reloaded"),
  Bridge: reloads("takes the bridge out of the node's network, which is reloaded"),
  CephClient: withStored("deletes the key, as long as it may do what the resource has given it"),
  CephConfig: leaves("leaves Ceph's configuration"),
  CephCrushRule: removes("deletes the rule, unless a pool uses it"),
  CephErasureProfile: removes("deletes the profile, unless a pool uses it"),
  CephFlag: removes("unsets the flag"),
  CephFs: (was) =>
    was.has("removal")
      ? destroys("deletes the file system with its pools and all files in them (`removal`), unless a storage uses it")
      : refused("is refused: all files in it would be lost, which `removal` would have to accept with an `up` before"),
  CephInstall: leaves("leaves the packages"),
  CephManager: removes("removes the manager, unless it is the last one that runs"),
  CephManagerModule: removes("disables the module; what it has stored stays"),
  CephMds: removes("removes the metadata server, if Ceph calls it safe to stop"),
  CephMonitor: removes("removes the monitor, if the others have a quorum without it"),
  CephOptions: removes("gives its options Ceph's own values again"),
  CephOsd: ofOsds,
  CephPool: (was) => {
    const storage = was.isTrue("addStorages") ? " and the definition of its storage" : "";
    return was.has("removal")
      ? destroys(`deletes the pool with all that is in it (\`removal\`)${storage}`)
      : removes(`deletes the pool${storage}, which is refused while anything is in it`);
  },
  CloudImage: (was) =>
    was.isFalse("__downloaded")
      ? leaves("leaves the image's file, which was there before")
      : removes("deletes the image's file, unless another resource has it"),
  Cluster: (was) =>
    was.has("destroyOnDelete")
      ? {
          effect: "ends",
          words:
            "takes the cluster apart (`destroyOnDelete`): each member becomes a Proxmox of its own, one after the other. Refused " +
            "while guests, HA services, replication jobs, Ceph or a QDevice are there, a member is away, or the program does not " +
            "name one",
        }
      : leaves("leaves the cluster running"),
  ClusterQdevice: removes(
    "takes QNetd's vote out of the quorum, and its certificates off the nodes; refused while a member is offline",
  ),
  DatacenterOptions: removes(
    "sets the options back to Proxmox's defaults, but for those that somebody else has changed",
  ),
  Dns: leaves("leaves the node's resolvers"),
  EnvironmentFile: (was) => removes(`deletes the file on the runner${was.has("link") ? ", and the link to it" : ""}`),
  FirewallAlias: reloads("deletes the alias, unless a rule or an IP set names it"),
  FirewallGroup: reloads("deletes the security group with its rules, unless a list of rules names it"),
  FirewallIpSet: reloads("deletes the IP set, unless a rule names it"),
  FirewallOptions: reloads("sets the options of the firewall back to Proxmox's defaults: what it kept out may come in"),
  FirewallRules: reloads("deletes its rules; those of others stay: the policy decides on what they let in or kept out"),
  GoldenTemplate: guest(
    "deletes the template in all its versions with their disks, unless a linked clone needs one of them",
  ),
  Group: removes("deletes the group, if nobody is in it"),
  GuestConfig: removes(
    "takes its own files and accounts out of the guest; home directories, packages, what scripts did and containers stay",
  ),
  HaResource: (was) =>
    removes(
      "takes the VM out of high availability, and leaves it as it is" +
        (was.isTrue("allowMoves")
          ? "; HA may move VMs that run, as the rules then ask for it (`allowMoves`)"
          : "; refused where HA would then move VMs that run"),
    ),
  HaRule: (was) =>
    removes(
      was.isTrue("allowMoves")
        ? "deletes the rule; HA may move guests that run, as the others then ask for it (`allowMoves`)"
        : "deletes the rule; refused where HA would then move guests that run",
    ),
  HostsEntries: removes("takes its block out of /etc/hosts"),
  InfisicalSecret: removes("deletes the secret, if it is still the one that was written"),
  NetworkPort: reloads("takes back the card's settings, and the node's network is reloaded"),
  LogRotation: removes("deletes its file; logs and rotated ones stay, and are rotated no more"),
  NodeOptions: leaves("leaves the node's options"),
  Nodes: leaves("changes nothing"),
  OvsBond: reloads("takes the bond out of the node's network, which is reloaded"),
  OvsBridge: reloads("takes the bridge out of the node's network, which is reloaded"),
  OvsPort: reloads("takes the port out of the node's network, which is reloaded"),
  Pool: removes("deletes the pool, if nothing is in it"),
  Realm: (was) =>
    ["pam", "pve"].includes(was.text("type") ?? "")
      ? leaves("leaves the realm, which is always there, as it is")
      : removes("deletes the realm: its users cannot sign in any more"),
  Role: removes("deletes the role, if nobody has it"),
  SdnController: removes("deletes the controller, unless a zone uses it; the networks of all nodes are reloaded"),
  SdnDns: removes("deletes the entry of the DNS server, unless a zone uses it"),
  SdnIpam: (was) =>
    was.text("type") === "pve"
      ? leaves("leaves the IPAM, which every cluster has")
      : removes("deletes the entry of the IPAM, unless a zone uses it"),
  SdnSubnet: removes("deletes the subnet, unless guests have addresses in it; the networks of all nodes are reloaded"),
  SdnVnet: removes("deletes the vnet, unless guests use it; the networks of all nodes are reloaded"),
  SdnZone: removes("deletes the zone, unless vnets are in it; the networks of all nodes are reloaded"),
  Snippet: removes("deletes the snippet's file, if it is still what was written"),
  SshKey: (was) =>
    removes(
      was.has("reference")
        ? "forgets the key, and deletes its private half from Infisical: without a copy elsewhere nobody has it any more"
        : "forgets the key, whose private half the state alone has: without a copy elsewhere nobody has it any more",
    ),
  StackIdentity: leaves("forgets the stack's identity"),
  Storage: removes("deletes the definition of the storage, unless a guest names it; what is on it stays"),
  Sysctl: removes("deletes its file; the values stay until the next boot"),
  SystemPackage: ofPackages,
  SystemUser: (was) =>
    was.isTrue("removeHome")
      ? destroys(
          "removes the account with its keys, sudo rules and home directory, with all that is in it (`removeHome`)",
        )
      : removes("removes the account with its keys and sudo rules; its home directory stays"),
  Template: guest(
    "deletes the template and its disks, with its retired versions; refused while linked clones need them",
  ),
  TimeZone: leaves("leaves the node's time zone"),
  User: withStored("deletes the user, if it has no token"),
  Vlan: reloads("takes the VLAN out of the node's network, which is reloaded"),
  Vm: (was) => {
    const { effect, words } = guest("stops the VM, takes it out of HA and its rules, and deletes it with its disks")(
      was,
    );
    const moves = "; where HA had it, HA may then move others that run (`allowMoves`)";
    return { effect, words: was.isTrue("allowMoves") ? `${words}${moves}` : words };
  },
};

/** Kinds that are on one node's machine alone: what is there stays when the node leaves the cluster in the same `up`. */
export const onMachines: ReadonlySet<string> = new Set([
  ...["AptRepository", "HostsEntries", "LogRotation", "Sysctl", "SystemPackage", "SystemUser"],
  ...["Bond", "Bridge", "NetworkPort", "OvsBond", "OvsBridge", "OvsPort", "Vlan"],
]);

/** What a deletion does to a resource of which the state has this; undefined for a kind that is not the library's. */
export function deletionFor(kind: string, was: ResourceState | undefined): Deletion | undefined {
  const known = Object.hasOwn(deletions, kind) ? deletions[kind] : undefined;
  if (typeof known !== "function") return known;
  return was ? known(was) : { effect: "destroys", words: "does what its state says, which this preview does not hold" };
}
