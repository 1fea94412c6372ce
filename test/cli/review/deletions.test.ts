import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../../../cli/project";
import { deletionFor, deletions, onMachines, type Deletion } from "../../../cli/review/deletions";
import { ResourceState } from "../../../cli/review/resource-state";
import { eachField } from "../../../providers/kernel/fields/field";
import { kinds as interfaceKinds } from "../../../providers/network/interface-kinds";
import { resources } from "../../../scripts/arguments/kinds";

type Values = Readonly<Record<string, unknown>>;
/** What the state has of a resource, and what its deletion is said to do. */
type Row = readonly [was: Values, effect: Deletion["effect"], words: RegExp];

const reference = { secretRef: "A", from: "infisical" };
const guarded = (words: RegExp, effect: Deletion["effect"] = "removes"): Row[] => [
  [{}, effect, words],
  [{ unguarded: false }, effect, words],
  [{ unguarded: true }, effect, /; nothing puts the old one back where that cuts a node off \(`unguarded`\)$/],
];
const stored = (words: RegExp): Row[] => [
  [{}, "removes", words],
  [{ reference }, "removes", /, and what it has written to Infisical$/],
];
const osds = [{ uuid: "a" }, { uuid: "b" }];

/** Every kind, with each way in which its deletion goes. */
const rows: Readonly<Record<string, readonly Row[]>> = {
  Acl: [[{ role: "PVEAdmin" }, "removes", /^takes the role away/]],
  ApiToken: stored(/^revokes the token$/),
  AptRepository: [
    [{ enabled: true }, "removes", /^disables the repository$/],
    [{}, "removes", /^disables the repository$/],
    [{ enabled: false }, "leaves", /^leaves the repository disabled$/],
  ],
  AptUpgrade: [[{ reboot: true }, "leaves", /^changes nothing on the node$/]],
  BackupJob: [
    [{}, "removes", /^deletes the job: nothing of what it has backed up goes, and no further backups are made/],
  ],
  Bond: guarded(/^takes the bond out of the node's network, which is reloaded$/),
  Bridge: guarded(/^takes the bridge out of the node's network, which is reloaded$/),
  CephClient: stored(/^deletes the key, as long as it may do what the resource has given it$/),
  CephConfig: [[{}, "leaves", /^leaves Ceph's configuration$/]],
  CephCrushRule: [[{}, "removes", /^deletes the rule, unless a pool uses it$/]],
  CephErasureProfile: [[{}, "removes", /^deletes the profile, unless a pool uses it$/]],
  CephFlag: [[{}, "removes", /^unsets the flag$/]],
  CephFs: [
    [{ name: "shared", removal: { acceptDataLoss: "shared" } }, "destroys", /with its pools and all files in them/],
    [{ name: "shared" }, "refused", /^is refused: all files in it would be lost/],
  ],
  CephInstall: [[{}, "leaves", /^leaves the packages$/]],
  CephManager: [[{}, "removes", /^removes the manager, unless it is the last one/]],
  CephManagerModule: [[{}, "removes", /^disables the module/]],
  CephMds: [[{}, "removes", /^removes the metadata server/]],
  CephMonitor: [[{}, "removes", /^removes the monitor/]],
  CephOptions: [[{}, "removes", /Ceph's own values again$/]],
  CephOsd: [
    [{ osds }, "destroys", /^drains the disk's OSDs, then destroys them with what is on the disk/],
    [
      { osds, removal: { acceptDataLoss: ["b", "a"] } },
      "destroys",
      /at once, without draining them: what only they hold is lost/,
    ],
    // It names other OSDs: the provider drains.
    [{ osds, removal: { acceptDataLoss: ["a"] } }, "destroys", /^drains/],
    [{ osds: "[secret]", removal: { acceptDataLoss: ["a"] } }, "destroys", /at once/],
  ],
  CephPool: [
    [{}, "removes", /^deletes the pool, which is refused while anything is in it$/],
    [{ addStorages: true }, "removes", /^deletes the pool and the definition of its storage, which is refused/],
    [{ removal: { acceptDataLoss: "p" } }, "destroys", /^deletes the pool with all that is in it \(`removal`\)$/],
    [
      { removal: { acceptDataLoss: "p" }, addStorages: true },
      "destroys",
      /all that is in it .* the definition of its storage$/,
    ],
  ],
  CloudImage: [
    [{ __downloaded: true }, "removes", /^deletes the image's file/],
    [{ __downloaded: false }, "leaves", /^leaves the image's file, which was there before$/],
    [{}, "removes", /^deletes the image's file/],
  ],
  Cluster: [
    [{ name: "Matrix" }, "leaves", /^leaves the cluster running$/],
    [{ name: "Matrix", destroyOnDelete: "Matrix" }, "ends", /^takes the cluster apart \(`destroyOnDelete`\)/],
    [{ name: "Matrix", destroyOnDelete: "[secret]" }, "ends", /^takes the cluster apart/],
  ],
  ClusterQdevice: [[{}, "removes", /^takes QNetd's vote out of the quorum/]],
  DatacenterOptions: [[{}, "removes", /Proxmox's defaults, but for those that somebody else has changed$/]],
  Dns: [[{}, "leaves", /^leaves the node's resolvers$/]],
  EnvironmentFile: [
    [{}, "removes", /^deletes the file on the runner$/],
    [{ link: "matrix.env" }, "removes", /, and the link to it$/],
  ],
  FirewallAlias: guarded(/^deletes the alias, unless a rule or an IP set names it$/),
  FirewallGroup: guarded(/^deletes the security group with its rules, unless a list of rules names it$/),
  FirewallIpSet: guarded(/^deletes the IP set, unless a rule names it$/),
  FirewallOptions: guarded(/back to Proxmox's defaults: what it kept out may come in$/),
  FirewallRules: guarded(/^deletes its rules; those of others stay/),
  GoldenTemplate: [
    [{}, "destroys", /^deletes the template in all its versions with their disks/],
    [{ protection: true }, "destroys", /refused as long as its `protection` is on/],
  ],
  Group: [[{}, "removes", /^deletes the group, if nobody is in it$/]],
  GuestConfig: [[{}, "removes", /^takes its own files and accounts out of the guest/]],
  HaResource: [
    [{}, "removes", /leaves it as it is; refused where HA would then move VMs that run$/],
    [{ allowMoves: true }, "removes", /HA may move VMs that run/],
  ],
  HaRule: [
    [{}, "removes", /^deletes the rule; refused where HA would then move guests that run$/],
    [{ allowMoves: true }, "removes", /HA may move guests that run/],
  ],
  HostsEntries: [[{}, "removes", /^takes its block out of \/etc\/hosts$/]],
  InfisicalSecret: [[{}, "removes", /^deletes the secret, if it is still the one that was written$/]],
  NetworkPort: guarded(/^takes back the card's settings, and the node's network is reloaded$/),
  NodeOptions: [[{}, "leaves", /^leaves the node's options$/]],
  Nodes: [[{}, "leaves", /^changes nothing$/]],
  OvsBond: guarded(/^takes the bond out of the node's network, which is reloaded$/),
  OvsBridge: guarded(/^takes the bridge out of the node's network, which is reloaded$/),
  OvsPort: guarded(/^takes the port out of the node's network, which is reloaded$/),
  Pool: [[{}, "removes", /^deletes the pool, if nothing is in it$/]],
  Realm: [
    [{ type: "ldap" }, "removes", /^deletes the realm/],
    [{ type: "pam" }, "leaves", /^leaves the realm, which is always there/],
    [{ type: "pve" }, "leaves", /^leaves the realm, which is always there/],
  ],
  Role: [[{}, "removes", /^deletes the role, if nobody has it$/]],
  SdnController: [[{}, "removes", /^deletes the controller, unless a zone uses it/]],
  SdnDns: [[{}, "removes", /^deletes the entry of the DNS server/]],
  SdnIpam: [
    [{ type: "netbox" }, "removes", /^deletes the entry of the IPAM/],
    [{ type: "pve" }, "leaves", /^leaves the IPAM, which every cluster has$/],
  ],
  SdnSubnet: [[{}, "removes", /^deletes the subnet/]],
  SdnVnet: [[{}, "removes", /^deletes the vnet/]],
  SdnZone: [[{}, "removes", /^deletes the zone/]],
  Snippet: [[{}, "removes", /^deletes the snippet's file/]],
  SshKey: [
    [{}, "removes", /the state alone has/],
    [{ reference }, "removes", /deletes its private half from Infisical/],
  ],
  StackIdentity: [[{}, "leaves", /^forgets the stack's identity$/]],
  Storage: [[{}, "removes", /what is on it stays$/]],
  LogRotation: [[{}, "removes", /^deletes its file; logs and rotated ones stay/]],
  Sysctl: [[{}, "removes", /^deletes its file/]],
  SystemPackage: [
    [{ packages: ["htop"], __installed: ["htop"] }, "leaves", /^leaves the packages$/],
    [{ packages: ["htop"], __installed: ["htop"], removeOnDelete: false }, "leaves", /^leaves the packages$/],
    [
      { packages: ["htop=3.4.1-5"], __installed: ["htop"], removeOnDelete: true },
      "removes",
      /^removes the packages that it has installed/,
    ],
    [{ packages: ["htop"], __installed: [], removeOnDelete: true }, "leaves", /all of them were there before it$/],
    // Installed once, and taken out of the program since.
    [{ packages: ["htop"], __installed: ["vim"], removeOnDelete: true }, "leaves", /all of them were there before it$/],
    [{ packages: ["htop"], removeOnDelete: true }, "removes", /^removes the packages/],
  ],
  SystemUser: [
    [{}, "removes", /its home directory stays$/],
    [{ removeHome: false }, "removes", /its home directory stays$/],
    [{ removeHome: true }, "destroys", /home directory, with all that is in it \(`removeHome`\)$/],
    [{ removeHome: "[secret]" }, "destroys", /home directory, with all that is in it/],
  ],
  Template: [
    [{}, "destroys", /^deletes the template and its disks, with its retired versions/],
    [{ protection: true }, "destroys", /refused as long as its `protection` is on/],
  ],
  TimeZone: [[{}, "leaves", /^leaves the node's time zone$/]],
  User: stored(/^deletes the user, if it has no token$/),
  Vlan: guarded(/^takes the VLAN out of the node's network, which is reloaded$/),
  Vm: [
    [{}, "destroys", /^stops the VM, takes it out of HA and its rules, and deletes it with its disks$/],
    [
      { allowMoves: true },
      "destroys",
      /with its disks; where HA had it, HA may then move others that run \(`allowMoves`\)$/,
    ],
    [
      { force: true },
      "destroys",
      /disks, snapshots and what else is on it that the program does not know \(`force`\)$/,
    ],
    [{ protection: true }, "destroys", /; refused as long as its `protection` is on, as it was last$/],
  ],
};

/** Arguments whose text speaks of deletions, and which change nothing of that of their resource. */
const ofNoMatter: Readonly<Record<string, readonly string[]>> = {
  // What was taken over is the resource's own from then on.
  Vm: ["adopt"],
  // The same, and what becomes of versions that something newer has superseded.
  Template: ["adopt", "whileCloned"],
};

const registry = fs.readFileSync(path.join(projectRoot, "providers", "registry.ts"), "utf8");
const kinds = [...registry.matchAll(/^ {2}([A-Z]\w+): \(/gm)].map(([, kind = ""]) => kind).sort();
const stateWith = (outputs: Values) => ResourceState.of({ outputs: { name: "x", ...outputs } });

describe("what a deletion is said to do", () => {
  it("is told of every kind that a state may name, in each of its ways", () => {
    assert.ok(kinds.length > 60, String(kinds.length));
    assert.deepEqual(Object.keys(deletions).sort(), kinds);
    assert.deepEqual(Object.keys(rows).sort(), kinds);
  });

  for (const [kind, ways] of Object.entries(rows))
    for (const [was, effect, words] of ways)
      it(`is what the state tells: ${kind} ${JSON.stringify(was)}`, () => {
        const told = deletionFor(kind, stateWith(was));
        assert.equal(told?.effect, effect);
        assert.match(told.words, words);
      });

  it("heeds every argument that speaks of it", () => {
    const speaksOf =
      /[Dd]eleti(?:on|ng)|^Delete|^Remove the|(?:cannot|may) be removed|goes with|without the timers? that|OnDelete/;
    let heeded = 0;
    for (const { kind, model } of resources) {
      const found = new Set<string>();
      eachField(model.schema, (at, { meaning }) => {
        const [argument = ""] = at.split(/[.[]/);
        if (argument !== "timeouts" && (speaksOf.test(meaning) || speaksOf.test(at))) found.add(argument);
      });
      const written = new Set((rows[kind] ?? []).flatMap(([was]) => Object.keys(was)));
      const forgotten = [...found].filter((one) => !written.has(one) && !ofNoMatter[kind]?.includes(one));
      assert.deepEqual(forgotten, [], kind);
      heeded += found.size;
    }
    assert.ok(heeded > 15, String(heeded));
  });

  it("is nothing harmless where the preview does not hold the state that it depends on", () => {
    for (const kind of kinds) {
      const ways = new Set((rows[kind] ?? []).map(([, effect]) => effect));
      if (ways.size > 1) assert.equal(deletionFor(kind, undefined)?.effect, "destroys", kind);
    }
    assert.equal(deletionFor("Bucket", undefined), undefined);
    assert.equal(deletionFor("toString", undefined), undefined);
  });

  it("knows which kinds stay on the machine of a node that leaves: those whose providers do nothing there", () => {
    const folder = path.join(projectRoot, "providers");
    const own = (fs.readdirSync(folder, { recursive: true }) as string[]).flatMap((file) => {
      if (!file.endsWith(".ts")) return [];
      const text = fs.readFileSync(path.join(folder, file), "utf8");
      // Where a look at the cluster decides, as with Ceph's daemons, it may be an error.
      if (!/^ +onNode: \{ node: /m.test(text)) return [];
      if (file === path.join("network", "interface-life.ts")) return Object.keys(interfaceKinds);
      const [, kind] = /^ +kind: "(\w+)"/m.exec(text) ?? [];
      assert.ok(kind !== undefined, file);
      return [kind];
    });
    assert.deepEqual(own.sort(), [...onMachines].sort());
  });
});
